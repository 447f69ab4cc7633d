-- name: get
-- One payment, of any garage or of one.
select * from payment where id = %(id)s and (%(garage)s::text is null or garage = %(garage)s)

-- name: of_receipt
-- What came at once, as it was written down.
select * from payment where receipt = %(receipt)s or id = %(receipt)s order by id

-- name: of_invoices
-- What came in and went back for invoices, with what was paid ahead for their tickets.
select invoice as of, payment.* from payment
where invoice = any(%(ids)s) and (%(garage)s::text is null or garage = %(garage)s)
union all
select invoiced.invoice as of, payment.* from payment
join invoiced_ticket as invoiced on invoiced.ticket = payment.ticket
where invoiced.invoice = any(%(ids)s) and (%(garage)s::text is null or payment.garage = %(garage)s)
order by at, id

-- name: due
-- What is still owed on an invoice of this garage.
select voided, total_paise - credited_paise - paid_paise as due from invoice_balance
where invoice = %(invoice)s and garage = %(garage)s

-- name: left
-- A payment of this garage, less what went back of it.
select payment.*, payment.paise - coalesce(sum(refund.paise), 0)::bigint as left
from payment left join payment as refund on refund.refund_of = payment.id
where payment.id = %(id)s and payment.garage = %(garage)s and payment.kind <> 'refund'
group by payment.id

-- name: invoiced
-- The live invoice of a ticket.
select invoice from invoiced_ticket where ticket = %(ticket)s

-- name: references
-- By what payments can be found at the bank, sealed.
select id, reference from payment
where id = any(%(ids)s) and garage = %(garage)s and reference is not null

-- name: settled
-- What lowered or raised an invoice's debt since it was issued, by the kind of posting.
select posting.kind, sum(entry.paise)::bigint as paise
from entry join posting on posting.id = entry.posting
where entry.about = %(invoice)s and entry.account = 'receivable'
  and posting.kind not in ('sale', 'void')
group by posting.kind
