-- name: write
-- A batch of deeds in one statement; the same deed twice is one.
insert into deed (audit_id, timestamp, event_type, user_id, user_role, garage_id, ip_address,
                  user_agent, resource_type, resource_id, action, old_value, new_value, result,
                  seal)
select * from unnest(
    %(audit_id)s::text[], %(timestamp)s::timestamptz[], %(event_type)s::text[],
    %(user_id)s::text[], %(user_role)s::text[], %(garage_id)s::text[], %(ip_address)s::text[],
    %(user_agent)s::text[], %(resource_type)s::text[], %(resource_id)s::text[],
    %(action)s::text[], %(old_value)s::text[], %(new_value)s::text[], %(result)s::text[],
    %(seal)s::bytea[])
on conflict (audit_id) do nothing

-- name: is_written
-- Whether an act was done already: its deed is its longest memory.
select from deed where audit_id = %(id)s

-- name: page
-- The newest first: those that every given filter lets through, behind a place in that order.
select audit_id, timestamp, event_type, user_id, user_role, garage_id, ip_address, user_agent,
       resource_type, resource_id, action, old_value, new_value, result
from deed
where (%(user)s::text is null or user_id = %(user)s)
  and (%(resource)s::text is null or resource_id = %(resource)s)
  and (%(garage)s::text is null or garage_id = %(garage)s)
  and (%(type)s::text is null or event_type = %(type)s)
  and (%(since)s::timestamptz is null or timestamp >= %(since)s)
  and (%(until)s::timestamptz is null or timestamp < %(until)s)
  and (%(after)s::text is null
       or (timestamp, audit_id) < (select timestamp, audit_id from deed where audit_id = %(after)s))
order by timestamp desc, audit_id desc limit %(first)s
