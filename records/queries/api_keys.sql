-- name: add
-- A new key, unless its id is taken or as many are live as every process can hold.
insert into api_key
    (id, prefix, digest, partner, name, scopes, garages, rung, made_by, made_at, expires_at)
select %(id)s, %(prefix)s, %(digest)s, %(partner)s, %(name)s, %(scopes)s, %(garages)s, %(rung)s,
    %(made_by)s, %(made_at)s, %(expires_at)s
where (select count(*) from api_key where revoked_at is null and expires_at > %(made_at)s)
    < %(most)s
on conflict (id) do nothing
returning id

-- name: hold_count
-- Whoever makes a key counts those that are live alone.
select pg_advisory_xact_lock(7119310237)

-- name: key
-- One key by its id.
select * from api_key where id = %(id)s

-- name: page
-- The keys of a partner or of all, by id.
select * from api_key
where (%(partner)s::text is null or partner = %(partner)s)
  and (%(after)s::text is null or id > %(after)s)
order by id limit %(first)s

-- name: live
-- All keys that may be used now, to be held in memory.
select * from api_key where revoked_at is null and expires_at > %(now)s

-- name: revoke
-- From now on the key is refused; the first word stays.
update api_key set revoked_at = %(at)s, revoked_by = %(by)s
where id = %(id)s and revoked_at is null
returning *

-- name: revoke_partner
-- The same for all keys of a partner who is removed.
update api_key set revoked_at = %(at)s, revoked_by = %(by)s
where partner = %(partner)s and revoked_at is null
returning *

-- name: revoke_made
-- The same for the keys that somebody made who is gone for good: nobody answers for them.
update api_key set revoked_at = %(at)s, revoked_by = %(by)s
where made_by = %(maker)s and revoked_at is null
returning *

-- name: hold_key
-- One key by its id, which nobody else changes until the transaction ends.
select * from api_key where id = %(id)s for update

-- name: change_rung
-- How far a key is held to its documents from now on.
update api_key set rung = %(rung)s where id = %(id)s returning *

-- name: hand_over
-- The keys that somebody made who is gone are answered for by another, and go on.
update api_key set made_by = %(by)s
where made_by = %(maker)s and revoked_at is null and expires_at > %(at)s
returning *

-- name: use
-- When and where a key was used last. Of two processes the later word on the time stands, and the
-- addresses of both.
update api_key set last_used_at = greatest(%(at)s, last_used_at), last_addresses = (
    select array(
        select address from unnest(case when last_used_at > %(at)s then last_addresses || %(addresses)s::text[]
            else %(addresses)s::text[] || last_addresses end)
            with ordinality as told (address, place)
        group by address order by min(place) limit %(most)s))
where id = %(key)s
