-- name: wait
-- A thing that waits already waits once, and since its first change. In one order, as whoever adds
-- the same things meanwhile.
insert into waiting_change (entity, version, since)
select e.entity, max(e.version), %(since)s
from unnest(%(entities)s::text[], %(versions)s::integer[]) as e (entity, version)
group by e.entity order by e.entity
on conflict (entity) do update set
    version = greatest(waiting_change.version, excluded.version),
    since = least(waiting_change.since, excluded.since)

-- name: oldest
-- Since when the oldest change waits; null when none does.
select min(since) as since from waiting_change

-- name: take
-- The whole batch leaves in one piece.
delete from waiting_change returning entity, version
