-- name: last
-- The last closing of a garage's till that stands.
select * from till_count where garage = %(garage)s and reopened_at is null
order by day desc limit 1

-- name: covering
-- The closing that a day belongs to.
select * from till_count
where garage = %(garage)s and reopened_at is null and day >= %(day)s and since <= %(day)s
order by day limit 1

-- name: closed
-- Whether a day is closed: it or a later one was counted.
select day from till_count
where garage = %(garage)s and reopened_at is null and day >= %(day)s limit 1

-- name: turn
-- How often a day was closed.
select count(*)::integer as closed from till_closing where garage = %(garage)s and day = %(day)s

-- name: closing
-- One closing of a day, whether it stands or not.
select * from till_count where garage = %(garage)s and day = %(day)s and turn = %(turn)s

-- name: closings
-- The closings before a place in their order, the latest first.
select * from till_count where garage = %(garage)s and (day, turn) < (%(day)s, %(turn)s)
order by day desc, turn desc limit %(first)s

-- name: moved
-- What came and went from one day to another by each way that money comes: tax withheld is none.
select method, coalesce(sum(paise) filter (where kind <> 'refund'), 0)::bigint as came,
       coalesce(sum(paise) filter (where kind = 'refund'), 0)::bigint as went
from payment
where garage = %(garage)s and day between %(since)s and %(day)s and method <> 'tds'
group by method order by method

-- name: moved_by
-- The same for several closings at once.
select span.since, span.until, payment.method,
       coalesce(sum(payment.paise) filter (where payment.kind <> 'refund'), 0)::bigint as came,
       coalesce(sum(payment.paise) filter (where payment.kind = 'refund'), 0)::bigint as went
from (select distinct * from unnest(%(since)s::date[], %(until)s::date[]) as given (since, until))
     as span
join payment on payment.garage = %(garage)s and payment.day between span.since and span.until
where payment.method <> 'tds'
group by span.since, span.until, payment.method order by payment.method

-- name: cash
-- What the books say of a garage's cash before a day.
select coalesce(sum(entry.paise), 0)::bigint as paise
from entry join posting on posting.id = entry.posting
where entry.garage = %(garage)s and entry.account = 'cash' and posting.day < %(day)s
