-- name: position
-- How far the chain was looked at; held until the transaction ends, so that one looks at a time.
insert into alarm_position as held (n) values (0)
on conflict (only_row) do update set n = held.n returning n

-- name: move
-- So far it was looked at.
update alarm_position set n = %(n)s

-- name: linked
-- The deeds of these types behind a link, in the order of the chain.
select link.n, deed.audit_id, timestamp, event_type, user_id, user_role, garage_id, ip_address,
       user_agent, resource_type, resource_id, action, old_value, new_value, result
from audit_link as link join deed on link.source = 'deed' and deed.audit_id = link.key
where link.n > %(after)s and link.n <= %(until)s and event_type = any(%(types)s)
order by link.n

-- name: end
-- Up to which link a step goes: not further than so many links; null while there is none. LEAST
-- alone would pass over that null, and the step would go past links that are still to come.
select case when max(n) is not null then least(max(n), %(after)s::bigint + %(limit)s) end as n
from audit_link

-- name: count
-- The most that one subject had within a window that the deed lies in, of those linked so far: a deed that
-- is linked late counts for the later ones too. What is a whole window old counts no more.
select coalesce(max(found) filter (where timestamp >= %(at)s), 0) as found
from (
    select timestamp, count(*) over (
        order by timestamp
        range between %(window)s::interval - interval '1 microsecond' preceding and current row
    ) as found
    from deed join audit_link as link on link.source = 'deed' and link.key = deed.audit_id
    where event_type = any(%(types)s) and result = any(%(results)s) and link.n <= %(n)s
      and timestamp > %(at)s - %(window)s::interval and timestamp < %(at)s + %(window)s::interval
      and coalesce(user_id, ip_address, 'nobody known') = %(subject)s
) as like_it

-- name: hours
-- When garages are open.
select id, hours from garage where id = any(%(garages)s)

-- name: last
-- When the subject last raised such an alarm.
select max(at) as at from alarm where kind = %(kind)s and subject = %(subject)s

-- name: raise
-- The same alarm twice is one.
insert into alarm (id, kind, subject, at, deed, garage, count)
values (%(id)s, %(kind)s, %(subject)s, %(at)s, %(deed)s, %(garage)s, %(count)s)
on conflict (id) do nothing

-- name: untold
-- The oldest alarm that nobody was told of.
select kind, subject, at, deed, garage, count from alarm
where not exists (select from alarm_told where alarm_told.alarm = alarm.id)
order by at, id limit 1

-- name: hold
-- One process tells of an alarm at a time.
select pg_try_advisory_xact_lock(7119310236) as held

-- name: told
-- What became of it.
insert into alarm_told (alarm, state, at) values (%(id)s, %(state)s, %(at)s)
on conflict (alarm) do nothing
