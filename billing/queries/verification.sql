-- name: garages
-- Whoever has books.
select garage from money_head union select distinct garage from money_event

-- name: events
-- The next events of a chain, in its order.
select garage, n, at, event, actor, entity, body, hash from money_event
where garage = %(garage)s and n > %(after)s order by n limit %(limit)s

-- name: head
-- Where a chain ends.
select n, hash from money_head where garage = %(garage)s

-- name: document
-- Numbers as they were given.
select id as audit_key, document.* from document where id = any(%(keys)s)

-- name: invoice
-- Papers as they were issued, each in its month.
select document.id as audit_key, invoice.* from document
join invoice on invoice.issue_date = document.issue_date and invoice.id = document.id
where document.id = any(%(keys)s)

-- name: parts_of_invoice
-- Their lines.
select document.id as audit_key, line.* from document
join invoice_line as line on line.issue_date = document.issue_date and line.invoice = document.id
where document.id = any(%(keys)s) order by line.invoice, line.n

-- name: void_invoice
-- What was taken back.
select invoice as audit_key, void_invoice.* from void_invoice where invoice = any(%(keys)s)

-- name: e_invoice
-- What the portal answered.
select invoice as audit_key, e_invoice.* from e_invoice where invoice = any(%(keys)s)

-- name: e_invoice_cancel
-- What was taken off the portal.
select invoice as audit_key, e_invoice_cancel.* from e_invoice_cancel
where invoice = any(%(keys)s)

-- name: closed_month
-- The months that were closed.
select garage || '@' || month as audit_key, closed_month.* from closed_month
where garage || '@' || month = any(%(keys)s)

-- name: posting
-- What was posted.
select id as audit_key, posting.* from posting where id = any(%(keys)s)

-- name: parts_of_posting
-- With its legs.
select posting as audit_key, entry.* from entry where posting = any(%(keys)s) order by posting, n

-- name: payment
-- What came in and went back.
select id as audit_key, payment.* from payment where id = any(%(keys)s)

-- name: price
-- What was said of a part's price.
select id as audit_key, price.* from price where id = any(%(keys)s)

-- name: stock_delta
-- What came onto the shelf or left it.
select id as audit_key, stock_delta.* from stock_delta where id = any(%(keys)s)

-- name: unaudited
-- A row that no event of the garage's chain speaks of.
with kept (kept, key) as (
    select 'document', id from document where garage = %(garage)s
    union all select 'invoice', id from invoice where garage = %(garage)s
    union all select 'void_invoice', invoice from void_invoice where garage = %(garage)s
    union all select 'e_invoice', invoice from e_invoice where garage = %(garage)s
    union all select 'e_invoice_cancel', invoice from e_invoice_cancel where garage = %(garage)s
    union all select 'closed_month', garage || '@' || month from closed_month
              where garage = %(garage)s
    union all select 'posting', id from posting where garage = %(garage)s
    union all select 'payment', id from payment where garage = %(garage)s
    union all select 'stock_delta', id from stock_delta where garage = %(garage)s
    union all select 'price', id from price
              where source = 'static' and coalesce(garage, 'garage_network') = %(garage)s
), known as (
    select said ->> 0 as kept, said ->> 1 as key
    from money_event, jsonb_array_elements(body::jsonb -> 'rows') as said
    where garage = %(garage)s
)
select kept, key from kept except select kept, key from known order by kept, key limit 1
