-- name: page
-- Events that were given up, the latest first, with what they tell.
select h.consumer, h.tries, h.error, h.changed_at as died_at,
       l.seq, l.id, l.type, l.entity, l.version, l.at, l.actor, l.garage, l.trace, l.schema
from handling h join change_log l on l.id = h.event
where h.state = 'dead' and (%(event)s::text is null or h.event = %(event)s)
order by h.changed_at desc, l.seq desc limit %(limit)s

-- name: replay
-- Gives events their tries again; without an id, all of them.
update handling set state = 'waiting', tries = 0, due_at = now(), changed_at = now()
where state = 'dead' and (%(event)s::text is null or event = %(event)s)
returning event

-- name: wake
-- Listeners at rest look for what waits.
select pg_notify('battwheels', 'change_log')
