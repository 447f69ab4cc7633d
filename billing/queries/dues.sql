-- name: sums
-- What customers owe a garage by the age of its invoices in days, and what it owes them (age -1).
select case when due < 0 then -1
            when %(as_of)s::date - issue_date <= 30 then 0
            when %(as_of)s::date - issue_date <= 60 then 31
            when %(as_of)s::date - issue_date <= 90 then 61
            else 91 end as age,
       count(*) as invoices, sum(due)::bigint as due
from dues_of(%(garage)s, %(as_of)s::date) group by 1

-- name: invoices
-- The unpaid invoices of some ages, the oldest first: those that no later day moved in the order of their index, no
-- further than the page, with the few that one did (`dues_of` says why). `<> 0` is what that index holds.
with later as (
    select entry.about as invoice, sum(entry.paise)::bigint as paise
    from posting join entry on entry.posting = posting.id
    where posting.garage = %(garage)s and posting.day > %(as_of)s::date and entry.account = 'receivable'
    group by entry.about
), still as (
    select invoice, issue_date, due_paise as due from invoice_balance
    where garage = %(garage)s and due_paise <> 0 and due_paise > 0
      and issue_date between %(as_of)s::date - %(oldest)s::integer and %(as_of)s::date - %(youngest)s::integer
      and (issue_date, invoice) > (%(on)s::date, %(behind)s::text)
      and invoice not in (select invoice from later)
    order by issue_date, invoice limit %(first)s
), moved as (
    select balance.invoice, balance.issue_date, balance.due_paise - later.paise as due
    from later join invoice_balance as balance on balance.invoice = later.invoice
    where balance.due_paise > later.paise
      and balance.issue_date between %(as_of)s::date - %(oldest)s::integer
                                 and %(as_of)s::date - %(youngest)s::integer
      and (balance.issue_date, balance.invoice) > (%(on)s::date, %(behind)s::text)
)
select * from still union all select * from moved
order by issue_date, invoice limit %(first)s

-- name: due_day
-- The day of an invoice in that list.
select issue_date from invoice_balance where invoice = %(invoice)s and garage = %(garage)s

-- name: customers
-- Who owes, who owes most first: the invoices of a GSTIN together, or of one record of the customer book;
-- another's each alone. Of papers those with a mark are read, by its index. A place in the list is a sum and an invoice, which tell nothing of who owes.
with owed as (
    select due.invoice, due.issue_date, due.due,
           coalesce(encode(paper.gstin_mark, 'hex'), record.made_from, due.invoice) as customer
    from dues_of(%(garage)s, %(as_of)s::date) as due
    left join invoice as paper
        on paper.issue_date = due.issue_date and paper.id = due.invoice
        and paper.garage = %(garage)s and paper.gstin_mark is not null
    left join invoice_customer as record on record.invoice = due.invoice
    where due.due > 0
), summed as (
    select sum(due)::bigint as due, count(*) as invoices, min(issue_date) as oldest,
           max(invoice) as invoice,
           coalesce(sum(due) filter (where %(as_of)s::date - issue_date <= 30), 0)::bigint as age_0,
           coalesce(sum(due) filter (where %(as_of)s::date - issue_date between 31 and 60), 0)::bigint
               as age_31,
           coalesce(sum(due) filter (where %(as_of)s::date - issue_date between 61 and 90), 0)::bigint
               as age_61,
           coalesce(sum(due) filter (where %(as_of)s::date - issue_date > 90), 0)::bigint as age_91
    from owed group by customer
)
select * from summed
where %(behind)s::text is null or (due, invoice) < (%(below)s::bigint, %(behind)s)
order by due desc, invoice desc limit %(first)s

-- name: statement
-- What happened to the debt of a customer: of the invoices of one mark, of one record of the customer book,
-- or of one invoice, by day. The balance behind each line is the sum of all before it; lines before the span
-- are in it, and not told. A page goes on behind a line that is named, wherever that stands by now.
with paper as (
    select id from invoice where garage = %(garage)s and kind = 'invoice' and gstin_mark = %(mark)s
    union
    select invoice from invoice_customer where made_from = %(customer)s and %(mark)s::bytea is null
    union
    select %(invoice)s where %(mark)s::bytea is null
), moved as (
    select posting.id, posting.day, posting.at, posting.kind, posting.cause, entry.about,
           sum(entry.paise)::bigint as paise
    from paper join entry on entry.about = paper.id and entry.account = 'receivable'
    join posting on posting.id = entry.posting
    where posting.day <= %(until)s::date
    group by posting.id, entry.about
), run as (
    select moved.*, sum(paise) over (order by day, at, kind <> 'sale', id, about)::bigint as balance
    from moved
)
select run.*, coalesce(document.number, own.number) as number
from run left join document on document.id = run.cause
join document as own on own.id = run.about
where run.day >= %(since)s::date
  and (%(posting)s::text is null or (run.day, run.at, run.kind <> 'sale', run.id, run.about) > (
      select day, at, kind <> 'sale', id, about from moved
      where id = %(posting)s and about = %(about)s))
order by run.day, run.at, run.kind <> 'sale', run.id, run.about limit %(first)s

-- name: balances
-- What a customer owed before a span and at its end.
with paper as (
    select id from invoice where garage = %(garage)s and kind = 'invoice' and gstin_mark = %(mark)s
    union
    select invoice from invoice_customer where made_from = %(customer)s and %(mark)s::bytea is null
    union
    select %(invoice)s where %(mark)s::bytea is null
)
select coalesce(sum(entry.paise) filter (where posting.day < %(since)s::date), 0)::bigint as opening,
       coalesce(sum(entry.paise), 0)::bigint as closing
from paper join entry on entry.about = paper.id and entry.account = 'receivable'
join posting on posting.id = entry.posting
where posting.day <= %(until)s::date
