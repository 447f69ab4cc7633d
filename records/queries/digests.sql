-- name: begin
-- The hour belongs to whoever writes it down first; another waits here and then gets nothing.
insert into hourly_run (job, hour) values (%(job)s, %(hour)s)
on conflict (job, hour) do nothing returning hour

-- name: digest
-- What happened in an hour, by type.
insert into hourly_digest (hour, type, events)
select %(hour)s, type, count(*) from change_log
where at >= %(hour)s and at < %(hour)s::timestamptz + interval '1 hour' group by type

-- name: read
-- The digest of an hour.
select type, events from hourly_digest where hour = %(hour)s order by type
