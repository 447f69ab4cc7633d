-- What analysts get of the books and of the log, column by column: no actor, no buyer, no free text. Each
-- is read in pages of its own order; `position` is where a row stands in it.

-- name: events
-- What happened to somebody is told without who it was: people have other ids in the graph's copy too.
select seq as position, seq, id, type, case when type <> 'person.changed' then entity end as entity, version,
    at, garage
from change_log
where seq > coalesce(%(after)s::bigint, -1) order by seq limit %(page)s;

-- name: invoices
select id as position, id, issue_date, garage, kind, issued_at, ticket, original, place_of_supply,
    taxable_paise, cgst_paise, sgst_paise, igst_paise, round_off_paise, total_paise, reverse_charge
from invoice where id > coalesce(%(after)s, '') order by id limit %(page)s;

-- name: invoice_lines
select invoice || ':' || lpad(n::text, 5, '0') as position, invoice, n, issue_date, garage, kind, item, part,
    code, quantity::float8 as quantity, unit, unit_paise, taxable_paise, rate_bp
from invoice_line where invoice || ':' || lpad(n::text, 5, '0') > coalesce(%(after)s, '')
order by 1 limit %(page)s;

-- name: payments
select id as position, id, garage, kind, method, paise, day, at, ticket, invoice, refund_of
from payment where id > coalesce(%(after)s, '') order by id limit %(page)s;

-- name: entries
select e.posting || ':' || lpad(e.n::text, 5, '0') as position, e.posting, e.n, e.garage, p.kind, p.day,
    p.at, e.account, e.paise
from entry e join posting p on p.id = e.posting
where e.posting || ':' || lpad(e.n::text, 5, '0') > coalesce(%(after)s, '')
order by 1 limit %(page)s;
