-- name: vendor
-- A vendor is known from its first offer on.
insert into vendor (id, name, changed_at) values (%(vendor)s, %(vendor)s, %(at)s)
on conflict (id) do nothing

-- name: remember
-- What a vendor asked at a moment; the same word twice is one.
insert into price (id, part, source, vendor, paise, lead_days, holds_from, noted_at, by_whom)
values (%(vendor)s || ':' || %(part)s || ':' || extract(epoch from %(at)s::timestamptz),
        %(part)s, 'marketplace', %(vendor)s, %(paise)s, %(lead_days)s, %(at)s, %(at)s, 'marketplace')
on conflict (id) do nothing

-- name: offers
-- The newest word of each vendor that was fresh at a moment, the cheapest first.
select * from (
    select distinct on (part, vendor) part, vendor, paise, lead_days, holds_from from price
    where part = any(%(parts)s) and source = 'marketplace'
      and holds_from <= %(moment)s and holds_from >= %(since)s
    order by part, vendor, holds_from desc) as newest
order by part, paise, vendor

-- name: listed
-- The list price at a moment: the garage's own before that of all.
select distinct on (part) part, paise, holds_from from price
where part = any(%(parts)s) and source = 'static' and (garage is null or garage = %(garage)s)
  and holds_from <= %(moment)s
order by part, garage nulls last, holds_from desc, noted_at desc, id desc
