-- name: of_month
-- All invoices, bills and notes that were numbered for a taxpayer in a month, by number.
select document.id, coalesce(balance.voided, false) as voided
from document left join invoice_balance as balance on balance.invoice = document.id
where document.seller = %(seller)s and document.garage = any(%(garages)s)
  and document.kind in ('invoice', 'credit_note')
  and document.issue_date >= %(month)s and document.issue_date < %(next)s
order by document.number

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
