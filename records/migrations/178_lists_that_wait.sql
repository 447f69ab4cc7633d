-- What waits is read from its place in the list on: the review of one garage, the drafts of all.
create index review_oldest_of_garage on review (garage, at, id) where closed_at is null;
create index invoice_draft_newest_of_all on invoice_draft (made_at desc, ticket desc);

-- What was owed at the end of a day, as before. A bill that no later posting moved is read from the index of
-- unpaid ones as it stands, which is nearly all of them: nothing of them is joined or summed.
create or replace function dues_of(of_garage text, as_of date)
returns table (invoice text, issue_date date, due bigint) language sql stable as $$
    with later as (
        select entry.about as invoice, sum(entry.paise)::bigint as paise
        from posting join entry on entry.posting = posting.id
        where posting.garage = of_garage and posting.day > as_of and entry.account = 'receivable'
        group by entry.about
    )
    select open.invoice, open.issue_date, open.due_paise from invoice_balance as open
    where open.garage = of_garage and open.due_paise <> 0
      and not exists (select from later where later.invoice = open.invoice)
    union all
    select balance.invoice, balance.issue_date, balance.due_paise - later.paise
    from later join invoice_balance as balance on balance.invoice = later.invoice
    where balance.due_paise <> later.paise
$$;
