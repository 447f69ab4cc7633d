-- name: take_head
-- Writers queue here, so numbers are given in the order of commit and without a gap.
select seq from change_log_head for update

-- name: move_head
-- The number of the newest entry.
update change_log_head set seq = seq + %(added)s

-- name: append
-- One statement for a whole batch, numbered on from the head; an event that is known stays as it is.
insert into change_log (seq, id, type, entity, version, at, actor, garage, trace, schema)
select %(head)s + row_number() over (order by n),
       id, type, entity, version, at, actor, garage, trace, schema
from unnest(%(id)s::text[], %(type)s::text[], %(entity)s::text[], %(version)s::integer[],
            %(at)s::timestamptz[], %(actor)s::text[], %(garage)s::text[], %(trace)s::text[],
            %(schema)s::integer[])
     with ordinality as new (id, type, entity, version, at, actor, garage, trace, schema, n)
where not exists (select from change_log known where known.id = new.id)

-- name: known
-- The entries that these events already have.
select id, seq from change_log where id = any(%(ids)s)

-- name: after
-- What came after a cursor, oldest first.
select seq, id, type, entity, version, at, actor, garage, trace, schema
from change_log where seq > %(seq)s order by seq limit %(limit)s

-- name: last
-- Where the log stands now.
select seq from change_log_head

-- name: bounds
-- Behind which number entries are kept, and the newest one.
select floor, seq from change_log_head

-- name: raise_floor
-- What is older than the kept days, or beyond the kept number; what a consumer that is still alive
-- has yet to read stays.
update change_log_head set floor = greatest(floor, least(
    greatest(
        seq - %(entries)s,
        coalesce((select max(seq) from change_log where logged_at < now() - %(age)s), 0)
    ),
    coalesce((select min(seq) from cursor_of where moved_at >= now() - %(age)s), seq)
))
returning floor

-- name: trim
-- Takes away the oldest at or below the floor: few at a time, so that no writer waits for long.
delete from change_log where seq in (
    select seq from change_log where seq <= %(floor)s order by seq limit %(limit)s
)
returning seq

-- name: latest
-- SO-2: the newest entry of each card, and of each ticket of the garage, in a part of the log.
-- That a ticket's cards were found is told of the ticket.
select distinct on (entity) seq, entity, version,
    case when entity like 'tkt_%%' then 'ticket' else 'failure_card' end as kind
from change_log
where seq > %(after)s and seq <= %(until)s
  and (entity like 'fc_%%' or entity like 'tkt_%%' and (%(every)s or garage = %(garage)s))
order by entity, seq desc
