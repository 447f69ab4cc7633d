-- name: factor
-- The second factor of somebody, until the transaction ends.
select secret, enrolled_at, last_step from second_factor where person = %(person)s for update

-- name: add
-- A second factor; nothing comes back when there is one.
insert into second_factor (person, secret, enrolled_at, last_step)
values (%(person)s, %(secret)s, %(at)s, %(step)s)
on conflict (person) do nothing returning person

-- name: use_step
-- A code is good once, and so is none before it; nothing comes back when it was used.
update second_factor set last_step = %(step)s
where person = %(person)s and last_step < %(step)s returning person

-- name: remove
-- Nobody asks for a second code any more; the recovery codes go with it.
delete from second_factor where person = %(person)s returning person

-- name: add_code
-- A recovery code by its mark; the same again is the same one.
insert into recovery_code (mark, person) values (%(mark)s, %(person)s)
on conflict (mark) do nothing

-- name: use_code
-- It is good once; nothing comes back when there is none.
update recovery_code set used_at = %(at)s
where mark = %(mark)s and person = %(person)s and used_at is null returning mark

-- name: drop_codes
-- New ones take the place of all.
delete from recovery_code where person = %(person)s

-- name: challenge
-- Whoever owes a code; the same sign-in again is the same challenge.
insert into sign_in_challenge (mark, person, enrols, expires_at, method)
values (%(mark)s, %(person)s, %(enrols)s, %(expires_at)s, %(method)s)
on conflict (mark) do nothing

-- name: challenged
-- A challenge and whose it is.
select challenge.enrols, challenge.expires_at, challenge.used_by, challenge.method, person.*
from sign_in_challenge as challenge join person on person.id = challenge.person
where challenge.mark = %(mark)s

-- name: hold_challenge
-- The same until the transaction ends, so that two codes for one are judged one after the other.
select challenge.enrols, challenge.expires_at, challenge.used_by, challenge.method, person.*
from sign_in_challenge as challenge join person on person.id = challenge.person
where challenge.mark = %(mark)s for update of challenge

-- name: use_challenge
-- It is good once.
update sign_in_challenge set used_by = %(used_by)s where mark = %(mark)s

-- name: end_challenges
-- A password that is over opens nothing more.
delete from sign_in_challenge where person = %(person)s
