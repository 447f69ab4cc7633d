-- name: leave
-- The same event twice is one.
insert into outbox (id, type, entity, version, at, actor, garage, trace, schema)
values (%(id)s, %(type)s, %(entity)s, %(version)s, %(at)s, %(actor)s, %(garage)s, %(trace)s,
        %(schema)s)
on conflict (id) do nothing

-- name: logged
-- Whether an event left before is in the change log by now.
select 1 as found from change_log where id = %(id)s

-- name: pending
-- In the order in which they were written, each thing's events in the order of its versions.
select id, type, entity, version, at, actor, garage, trace, schema
from outbox order by left_at, version, id limit %(limit)s

-- name: forget
-- What the change log holds is not kept twice.
delete from outbox where id = any(%(ids)s)
