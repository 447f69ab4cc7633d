-- name: keys_in_use
-- The names of the keys that something is sealed with: each sealed value begins with its key's name.
select distinct convert_from(substring(sealed from 2 for get_byte(sealed, 0)), 'UTF8') as name
from (
    select buyer as sealed from invoice
    union all select reference from payment
    union all select buyer from saga
    union all select buyer from invoice_draft
    union all select signed from e_invoice
    union all select sealed from message
    union all select buyer from receipt_voucher
) as everything
where length(sealed) > 1
