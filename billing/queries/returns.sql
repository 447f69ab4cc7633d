-- name: of_month
-- How many invoices, bills and notes were numbered for a taxpayer in a month, and a digest of them and
-- of which are void.
select count(*) as papers,
       sha256(coalesce(string_agg(document.id || coalesce(balance.voided, false), ' '
                                  order by document.number), '')::bytea) as digest
from document left join invoice_balance as balance on balance.invoice = document.id
where document.seller = %(seller)s and document.financial_year = %(year)s
  and document.garage = any(%(garages)s) and document.kind in ('invoice', 'credit_note')
  and document.issue_date >= %(month)s and document.issue_date < %(next)s

-- name: next_papers
-- Some of them, those behind a number: they are found by the index of numbers first, then in their month.
-- What each says is read as text, for there are very many.
with wanted as materialized (
    select id, number, issue_date from document
    where seller = %(seller)s and financial_year = %(year)s and number > %(after)s
      and garage = any(%(garages)s) and kind in ('invoice', 'credit_note')
      and issue_date >= %(month)s and issue_date < %(next)s
    order by number limit %(most)s
)
select wanted.number, paper.id, paper.garage, paper.kind, paper.ticket, paper.issued_at,
       paper.issued_by, paper.original, paper.body::text as body, paper.buyer,
       balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise, balance.voided
from wanted
join invoice as paper on paper.issue_date = wanted.issue_date and paper.id = wanted.id
  and paper.issue_date >= %(month)s and paper.issue_date < %(next)s
left join invoice_balance as balance on balance.invoice = paper.id
order by wanted.number

-- name: originals
-- What notes refer to, wherever it was numbered.
select paper.id, paper.garage, paper.kind, paper.ticket, paper.issued_at, paper.issued_by,
       paper.original, paper.body::text as body, paper.buyer
from document
join invoice as paper on paper.issue_date = document.issue_date and paper.id = document.id
where document.id = any(%(ids)s)

-- name: vouchers_of_month
-- The receipt and refund vouchers that were numbered for a taxpayer in a month.
select kind, number from document
where seller = %(seller)s and garage = any(%(garages)s) and kind in ('receipt', 'refund')
  and issue_date >= %(month)s and issue_date < %(next)s
order by number

-- name: left_ahead
-- What is held for each ticket whose advances moved in a month: as it began, and as it ended.
select entry.about as ticket,
       coalesce(-sum(entry.paise) filter (where posting.day < %(month)s), 0)::bigint as before,
       coalesce(-sum(entry.paise), 0)::bigint as after
from entry join posting on posting.id = entry.posting
where entry.account = 'advances' and entry.garage = any(%(garages)s) and posting.day < %(next)s
group by entry.about
having bool_or(posting.day >= %(month)s)

-- name: advances
-- What was paid ahead for tickets under vouchers of a taxpayer, the oldest first.
select payment.id, payment.ticket, payment.garage, payment.paise, payment.day, payment.number,
       voucher.body, voucher.buyer
from payment
join document on document.id = payment.id and document.seller = %(seller)s
left join receipt_voucher as voucher on voucher.payment = payment.id
where payment.kind = 'advance' and payment.ticket = any(%(tickets)s) and payment.day < %(next)s
order by payment.day, payment.at, payment.id
