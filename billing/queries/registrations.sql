-- name: of
-- What the portal said of documents.
select e_invoice.*, cancel.cancelled_at, cancel.reason
from e_invoice left join e_invoice_cancel as cancel using (invoice)
where invoice = any(%(ids)s) and (%(owner)s::text is null or e_invoice.garage = %(owner)s)

-- name: notes
-- The credit notes of an invoice: their customer may be told of them once he has the invoice.
select id from invoice where original = %(invoice)s order by issued_at, id
