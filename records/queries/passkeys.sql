-- name: hold_owner
-- Somebody with the session that asks, until the transaction ends: what they add they add in turn.
select person.*, session.began_at, session.ended_at
from person left join session on session.person = person.id and session.id = %(session)s
where person.id = %(person)s for update of person

-- name: of_person
-- The passkeys of somebody with the key that their names are sealed with, the oldest first.
select passkey.*, person.key from passkey join person on person.id = passkey.person
where passkey.person = %(person)s order by passkey.id

-- name: add
-- A new passkey; nothing comes back when its id or its credential is known.
insert into passkey (id, person, credential, public_key, sign_count, backed_up, name, made_at)
values (%(id)s, %(person)s, %(credential)s, %(public_key)s, %(sign_count)s, %(backed_up)s,
        %(name)s, %(now)s)
on conflict do nothing returning id

-- name: remove
-- A passkey of somebody is good for nothing any more.
delete from passkey where id = %(id)s and person = %(person)s returning id

-- name: by_credential
-- A passkey and whose it is.
select passkey.id as passkey, passkey.credential, passkey.public_key, passkey.sign_count,
       passkey.backed_up, passkey.name, passkey.made_at, passkey.last_used_at, person.*
from passkey join person on person.id = passkey.person
where credential = %(credential)s

-- name: use
-- It was used once more. A count that does not grow tells of a copy; some devices count nothing.
update passkey set sign_count = %(sign_count)s, last_used_at = %(now)s
where id = %(id)s and (sign_count < %(sign_count)s or (sign_count = 0 and %(sign_count)s = 0))
returning id

-- name: answer_challenge
-- A challenge is good once; nothing comes back when it was answered before.
insert into passkey_challenge (id, operation, answered_at) values (%(id)s, %(operation)s, %(now)s)
on conflict (id) do nothing returning id

-- name: answered_by
-- The operation that answered a challenge.
select operation from passkey_challenge where id = %(id)s
