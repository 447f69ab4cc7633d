-- name: hold
-- One change at a time, the first one too, whose row is not there yet.
select pg_advisory_xact_lock(7119310239)

-- name: read
-- What the network goes by; nothing while nobody has said anything.
select version, message_days, usual_hours from network_setting

-- name: put
-- From now on.
insert into network_setting (version, message_days, usual_hours, changed_at, changed_by)
values (%(version)s, %(message_days)s, %(usual_hours)s, %(at)s, %(by)s)
on conflict (only_row) do update set
    version = excluded.version, message_days = excluded.message_days,
    usual_hours = excluded.usual_hours, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by
