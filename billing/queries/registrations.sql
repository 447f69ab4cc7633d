-- name: of
-- What the portal said of documents.
select e_invoice.*, cancel.cancelled_at, cancel.reason
from e_invoice left join e_invoice_cancel as cancel using (invoice)
where invoice = any(%(ids)s) and (%(owner)s::text is null or e_invoice.garage = %(owner)s)
