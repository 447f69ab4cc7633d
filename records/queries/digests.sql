-- name: begin
-- The hour belongs to whoever writes it down first; another waits here and then gets nothing.
insert into hourly_run (job, hour) values (%(job)s, %(hour)s)
on conflict (job, hour) do nothing returning hour

-- name: digest
-- What happened in an hour, by garage and type.
insert into hourly_digest (hour, garage, type, events)
select %(hour)s, coalesce(garage, ''), type, count(*) from change_log
where at >= %(hour)s and at < %(hour)s::timestamptz + interval '1 hour'
group by coalesce(garage, ''), type

-- name: newest
-- The digests before an hour, the newest first: of one garage, or of all together. An hour in which
-- nothing happened was counted as well, and has no types.
select r.hour, r.ran_at, coalesce(
    (select jsonb_object_agg(d.type, d.events) from (
        select type, sum(events)::integer as events from hourly_digest
        where hour = r.hour and (%(garage)s::text is null or garage = %(garage)s)
        group by type) d), '{}') as events
from hourly_run r
where r.job = %(job)s and (%(before)s::timestamptz is null or r.hour < %(before)s)
order by r.hour desc limit %(limit)s
