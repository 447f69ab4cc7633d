-- name: keep
-- The same event twice is one.
insert into audit_event (id, type, at, actor, garage, entity, version, result, trace)
values (%(id)s, %(type)s, %(at)s, %(actor)s, %(garage)s, %(entity)s, %(version)s, %(result)s,
        %(trace)s)
on conflict (id) do nothing

-- name: page
-- The newest first, of one thing or of all.
select id, type, at, actor, garage, entity, version, result, trace
from audit_event where %(entity)s::text is null or entity = %(entity)s
order by at desc, id desc limit %(first)s
