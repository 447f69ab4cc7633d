-- name: recent
-- What was revoked in the last seconds; transactions that ended late are read again.
select person, rights, session from revocation
where at > clock_timestamp() - make_interval(secs => %(seconds)s)

-- name: keys
-- The public keys that tokens may be signed with.
select id, public from token_key where until > now()

-- name: publish
-- The public half of a key that a process signs with.
insert into token_key (id, public, until) values (%(id)s, %(public)s, %(until)s)
on conflict (id) do nothing

-- name: forget
-- What no token speaks of any more.
delete from revocation where at < now() - interval '1 day'

-- name: forget_keys
-- Keys whose tokens are over.
delete from token_key where until < now() - interval '1 day'
