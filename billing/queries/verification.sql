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

-- name: till_closing
-- What was counted in tills.
select keyed.key as audit_key, till_closing.*
from till_closing cross join lateral
    (select garage || '@' || day || case when turn > 1 then '#' || turn else '' end as key) as keyed
where keyed.key = any(%(keys)s)

-- name: till_reopening
-- What was counted anew.
select keyed.key as audit_key, till_reopening.*
from till_reopening cross join lateral
    (select garage || '@' || day || case when turn > 1 then '#' || turn else '' end as key) as keyed
where keyed.key = any(%(keys)s)

-- name: posting
-- What was posted.
select id as audit_key, posting.* from posting where id = any(%(keys)s)

-- name: parts_of_posting
-- With its legs.
select posting as audit_key, entry.* from entry where posting = any(%(keys)s) order by posting, n

-- name: payment
-- What came in and went back.
select id as audit_key, payment.* from payment where id = any(%(keys)s)

-- name: receipt_voucher
-- What receipt vouchers say.
select payment as audit_key, receipt_voucher.* from receipt_voucher
where payment = any(%(keys)s)

-- name: price
-- What was said of a part's price.
select id as audit_key, price.* from price where id = any(%(keys)s)

-- name: stock_delta
-- What came onto the shelf or left it.
select id as audit_key, stock_delta.* from stock_delta where id = any(%(keys)s)

-- name: setting
-- What garages say of themselves now.
select garage || '@' || version as audit_key, legal_name, address, state, pincode, labour_rate,
       series, gstin, upi, hsn_digits, turnover, scheme, version
from billing_setting where garage || '@' || version = any(%(keys)s)

-- name: unaudited
-- A row that no event of the garage's chain speaks of.
with kept (kept, key) as (
    select 'document', id from document where garage = %(garage)s
    union all select 'invoice', id from invoice where garage = %(garage)s
    union all select 'void_invoice', invoice from void_invoice where garage = %(garage)s
    union all select 'e_invoice', invoice from e_invoice where garage = %(garage)s
    union all select 'e_invoice_cancel', invoice from e_invoice_cancel where garage = %(garage)s
    union all select 'setting', garage || '@' || version from billing_setting
              where garage = %(garage)s
    union all select 'closed_month', garage || '@' || month from closed_month
              where garage = %(garage)s
    union all select 'till_closing',
                     garage || '@' || day || case when turn > 1 then '#' || turn else '' end
              from till_closing where garage = %(garage)s
    union all select 'till_reopening',
                     garage || '@' || day || case when turn > 1 then '#' || turn else '' end
              from till_reopening where garage = %(garage)s
    union all select 'posting', id from posting where garage = %(garage)s
    union all select 'payment', id from payment where garage = %(garage)s
    union all select 'receipt_voucher', payment from receipt_voucher where garage = %(garage)s
    union all select 'stock_delta', id from stock_delta where garage = %(garage)s
    union all select 'price', id from price
              where source = 'static' and coalesce(garage, 'garage_network') = %(garage)s
), known as (
    select said ->> 0 as kept, said ->> 1 as key
    from money_event, jsonb_array_elements(body::jsonb -> 'rows') as said
    where garage = %(garage)s
)
select kept, key from kept except select kept, key from known order by kept, key limit 1

-- name: underived
-- A balance, a month's sum or a counter that is not what its rows add up to.
with counted as (
    select series, financial_year, count(*) as documents, max(serial) as highest
    from document where garage = %(garage)s group by series, financial_year
), summed as (
    select date_trunc('month', line.issue_date)::date as month, line.kind, line.code, line.rate_bp,
           count(*) as lines, sum(line.taxable_paise) as taxable, sum(line.cgst_paise) as cgst,
           sum(line.sgst_paise) as sgst, sum(line.igst_paise) as igst
    from invoice_line as line
    where line.garage = %(garage)s
      and not exists (select from void_invoice where void_invoice.invoice = line.invoice)
    group by 1, 2, 3, 4
), held as (
    select month, kind, code, rate_bp, lines, taxable_paise, cgst_paise, sgst_paise, igst_paise
    from month_total where garage = %(garage)s and lines <> 0
), cash as (
    select posting.day, sum(entry.paise) as paise
    from entry join posting on posting.id = entry.posting
    where entry.garage = %(garage)s and entry.account = 'cash' group by posting.day
)
(select 'invoice_balance' as kept, paper.id as key
 from invoice as paper
 left join invoice_balance as balance on balance.invoice = paper.id
 left join void_invoice as void on void.invoice = paper.id
 left join lateral (select coalesce(sum(note.total_paise), 0) as paise from invoice as note
                    where note.original = paper.id) as credited on true
 left join lateral (select coalesce(sum(entry.paise), 0) as paise from entry
                    where entry.about = paper.id and entry.account = 'receivable') as owed on true
 where paper.garage = %(garage)s and paper.kind = 'invoice'
   and (balance.invoice is null or balance.total_paise <> paper.total_paise
        or balance.credited_paise <> credited.paise
        or balance.voided <> (void.invoice is not null)
        or owed.paise <> case when balance.voided then 0 else
           balance.total_paise - balance.credited_paise - balance.paid_paise end)
 order by paper.id limit 1)
union all
(select 'month_total', concat_ws(' ', month, kind, code, rate_bp)
 from held full join summed using (month, kind, code, rate_bp)
 where (held.lines, taxable_paise, cgst_paise, sgst_paise, igst_paise)
       is distinct from (summed.lines, taxable, cgst, sgst, igst)
 order by 2 limit 1)
union all
(select 'counter', concat_ws('/', series, financial_year)
 from (select series, financial_year, last from counter where garage = %(garage)s) as given
 full join counted using (series, financial_year)
 where (last, last) is distinct from (documents, highest)
 order by 2 limit 1)
union all
(select 'till_closing', closing.garage || '@' || closing.day
 from till_count as closing
 cross join lateral (
     select coalesce(sum(paise) filter (where kind <> 'refund'), 0) as came,
            coalesce(sum(paise) filter (where kind = 'refund'), 0) as went
     from payment where payment.garage = closing.garage and method = 'cash'
       and payment.day between closing.since and closing.day) as moved
 where closing.garage = %(garage)s and reopened_at is null
   and (came_paise, went_paise) <> (came, went)
 order by 2 limit 1)
union all
-- After a closing that stands the account of cash is what was left in the till.
(select 'till_closing', closing.garage || '@' || closing.day
 from till_count as closing
 cross join lateral (select coalesce(sum(paise), 0) as paise from cash
                     where cash.day <= closing.day) as held
 where closing.garage = %(garage)s and reopened_at is null and taken_to is not null
   and held.paise <> left_paise
 order by 2 limit 1)
limit 1
