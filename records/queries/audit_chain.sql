-- name: hold
-- One sealer at a time, over all processes; without the lock nothing is sealed.
select pg_try_advisory_xact_lock(7119310235) as held

-- name: head
-- Where the chain ends.
select n, hash from audit_link order by n desc limit 1

-- name: waiting
-- What came and is not sealed, the oldest first.
select arrived, source, key from audit_waiting order by arrived limit %(limit)s

-- name: deeds
-- The rows that links stand for.
select audit_id, timestamp, event_type, user_id, user_role, garage_id, ip_address, user_agent,
       resource_type, resource_id, action, old_value, new_value, result, seal
from deed where audit_id = any(%(keys)s)

-- name: money
-- The events of the books that links stand for; their own hashes hold all that they say. A key that reads
-- as none of theirs is nobody's: it must not stop those behind it.
select garage || '@' || n as key, garage, n, at, event, actor, entity, body, hash
from money_event where (garage, n) in
    (select split_part(key, '@', 1),
            case when key ~ '^[^@]+@[0-9]{1,18}$' then split_part(key, '@', 2)::bigint end
     from unnest(%(keys)s::text[]) as key)

-- name: seal
-- Links in their order; a row is linked once.
insert into audit_link (n, source, key, digest, hash, mac)
select * from unnest(%(n)s::bigint[], %(source)s::text[], %(key)s::text[], %(digest)s::bytea[],
                     %(hash)s::bytea[], %(mac)s::bytea[])

-- name: sealed
-- Which of these are linked already.
select source, key from audit_link
where (source, key) in (select * from unnest(%(sources)s::text[], %(keys)s::text[]))

-- name: forget
-- What is sealed waits no more.
delete from audit_waiting where arrived = any(%(arrived)s)

-- name: links
-- A stretch of the chain.
select n, source, key, digest, hash, mac from audit_link
where n > %(after)s order by n limit %(limit)s

-- name: unlinked
-- Rows that neither the chain nor the queue knows, and those of the queue that are gone.
select 'deed ' || audit_id as found, 'was written past the audit' as reason from deed
where not exists (select from audit_link where source = 'deed' and key = audit_id)
  and not exists (select from audit_waiting where source = 'deed' and key = audit_id)
union all
select 'money event ' || money.garage || '@' || money.n, 'was written past the audit'
from money_event as money
where not exists (select from audit_link where source = 'money'
                  and key = money.garage || '@' || money.n)
  and not exists (select from audit_waiting where source = 'money'
                  and key = money.garage || '@' || money.n)
union all
select source || ' ' || key, 'is missing, before it was sealed' from audit_waiting as waiting
where source = 'deed' and not exists (select from deed where audit_id = waiting.key)
   or source = 'money'
  and not exists (select from money_event as money
                  where money.garage || '@' || money.n = waiting.key)
limit %(limit)s

-- name: untold
-- Audited events of the change log that no deed tells of.
select 'deed ' || id as found, 'is missing: the change log tells of it' as reason from change_log
where type = any(%(types)s) and seq > coalesce((select max(seq) from audit_start), 0)
  and not exists (select from deed where audit_id = change_log.id)
order by seq limit %(limit)s

-- name: queue
-- How many rows wait for their link.
select count(*) as waiting from audit_waiting
