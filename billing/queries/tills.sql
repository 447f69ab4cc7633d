-- name: last
-- The last closing of a garage's till.
select * from till_closing where garage = %(garage)s order by day desc limit 1

-- name: covering
-- The closing that a day belongs to.
select * from till_closing
where garage = %(garage)s and day >= %(day)s and since <= %(day)s order by day limit 1

-- name: closed
-- Whether a day is closed: it or a later one was counted.
select day from till_closing where garage = %(garage)s and day >= %(day)s limit 1

-- name: closings
-- The closings before a day, the latest first.
select * from till_closing where garage = %(garage)s and day < %(before)s
order by day desc limit %(first)s

-- name: moved
-- What came and went from one day to another by each way that money comes: tax withheld is none.
select method, coalesce(sum(paise) filter (where kind <> 'refund'), 0)::bigint as came,
       coalesce(sum(paise) filter (where kind = 'refund'), 0)::bigint as went
from payment
where garage = %(garage)s and day between %(since)s and %(day)s and method <> 'tds'
group by method order by method

-- name: moved_by
-- The same for several closings at once.
select closing.day as till, payment.method,
       coalesce(sum(payment.paise) filter (where payment.kind <> 'refund'), 0)::bigint as came,
       coalesce(sum(payment.paise) filter (where payment.kind = 'refund'), 0)::bigint as went
from till_closing as closing join payment
    on payment.garage = closing.garage and payment.day between closing.since and closing.day
where closing.garage = %(garage)s and closing.day = any(%(days)s::date[]) and payment.method <> 'tds'
group by closing.day, payment.method order by closing.day, payment.method
