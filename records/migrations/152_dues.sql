-- What a posting came of: the paper or the payment. Those from before do not say.
alter table posting add column cause text;
create index posting_day on posting (garage, day);

-- What is owed now follows from the sums, as `DocumentBalance.due` says.
alter table invoice_balance
    add column due_paise bigint not null generated always as (
        case when voided then 0 else total_paise - credited_paise - paid_paise end) stored;
create index invoice_balance_due on invoice_balance (garage, issue_date, invoice)
    include (due_paise) where due_paise <> 0;

-- What was owed on each invoice of a garage at the end of a day: what is owed now, less what the books
-- say of later days. Below zero the customer was owed. It equals the entries up to that day.
create function dues_of(of_garage text, as_of date)
returns table (invoice text, issue_date date, due bigint) language sql stable as $$
    with moved as (
        select open.invoice, open.due_paise as paise from invoice_balance as open
        where open.garage = of_garage and open.due_paise <> 0
        union all
        select entry.about, -entry.paise from posting join entry on entry.posting = posting.id
        where posting.garage = of_garage and posting.day > as_of and entry.account = 'receivable'
    )
    select balance.invoice, balance.issue_date, sum(moved.paise)::bigint
    from moved join invoice_balance as balance on balance.invoice = moved.invoice
    group by balance.invoice, balance.issue_date having sum(moved.paise) <> 0
$$;
