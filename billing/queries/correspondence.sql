-- name: hold
-- One message of an invoice at a time, until the transaction ends: what comes later knows of it.
select pg_advisory_xact_lock(hashtextextended(%(invoice)s, 36))

-- name: keep
-- What was told, or is to be told by hand.
insert into message (id, garage, invoice, document, occasion, channel, state, at, sealed)
values (%(id)s, %(garage)s, %(invoice)s, %(document)s, %(occasion)s, %(channel)s, %(state)s, %(at)s,
        %(sealed)s)
on conflict (id) do nothing

-- name: told
-- Whether an invoice's customer was told of an occasion, by this document.
select id from message
where invoice = %(invoice)s and occasion = %(occasion)s
  and coalesce(document, invoice) = %(document)s
limit 1

-- name: of_invoices
-- What was told of invoices, the oldest first.
select * from message
where invoice = any(%(ids)s) and (%(garage)s::text is null or garage = %(garage)s)
order by at, id

-- name: remove
-- What was told of invoices, to whom and in which words.
delete from message where invoice = any(%(ids)s)
