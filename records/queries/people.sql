-- name: begin
-- Claims an operation of somebody; nothing comes back when it was done before.
insert into people_change (actor, operation, body_hash) values (%(actor)s, %(operation)s, %(body_hash)s)
on conflict (actor, operation) do nothing returning operation

-- name: recall
-- What an operation was used for; waits for the one that is at work on it.
select body_hash, answer from people_change
where actor = %(actor)s and operation = %(operation)s for update

-- name: finish
-- Keeps the answer for whoever asks again.
update people_change set answer = %(answer)s where actor = %(actor)s and operation = %(operation)s

-- name: add_garage
-- A new garage; nothing comes back when the id is taken.
insert into garage (id, name, place, hours, region, off_shift_refused)
values (%(id)s, %(name)s, %(place)s, %(hours)s, %(region)s, %(off_shift_refused)s)
on conflict (id) do nothing returning id

-- name: garage
-- One garage.
select id, name, place, hours, region, off_shift_refused, version from garage where id = %(id)s

-- name: hold_garage
-- One garage, until the transaction ends.
select id, name, place, hours, region, off_shift_refused, version from garage where id = %(id)s for update

-- name: garages
-- A page of the garages that somebody may see, by id.
select id, name, place, hours, region, off_shift_refused, version from garage
where (%(own)s::text is null or id = %(own)s) and (%(after)s::text is null or id > %(after)s)
order by id limit %(first)s

-- name: put_garage
-- What a garage goes by from now on; a trigger counts the rights of its people anew.
update garage set name = %(name)s, place = %(place)s, hours = %(hours)s, region = %(region)s,
    off_shift_refused = %(off_shift_refused)s, version = %(version)s
where id = %(id)s

-- name: add_person
-- A new person; nothing comes back when the address is known already.
insert into person (id, who, email_mark, key, role, garage, region, department, shift,
                    certification, state)
values (%(id)s, %(who)s, %(email_mark)s, %(key)s, %(role)s, %(garage)s, %(region)s,
        %(department)s, %(shift)s, %(certification)s, %(state)s)
on conflict do nothing returning version, rights

-- name: rename
-- Who somebody is said to be from now on, and by which address they come in.
update person set who = %(who)s, email_mark = %(email_mark)s where id = %(id)s

-- name: hold_person
-- One person, until the transaction ends.
select * from person where id = %(id)s for update

-- name: person
-- One person.
select * from person where id = %(id)s

-- name: by_mark
-- Who has this e-mail address, and with which password.
select person.*, password.hash from person left join password on password.person = person.id
where email_mark = %(mark)s

-- name: people
-- A page of the people of one garage or of all, by id.
select * from person
where (%(garage)s::text is null or garage = %(garage)s) and (%(after)s::text is null or id > %(after)s)
order by id limit %(first)s

-- name: change_person
-- What somebody works as, and whether they may; the trigger counts their rights.
update person set role = %(role)s, garage = %(garage)s, region = %(region)s,
    department = %(department)s, shift = %(shift)s, certification = %(certification)s,
    state = %(state)s, version = %(version)s
where id = %(id)s returning rights

-- name: hold_admins
-- The administrators that are left, locked, so that two changes at a time cannot take away the last.
select id from person where role = 'admin' and state = 'active' order by id for update

-- name: any_admin
-- Whether there is an administrator at all, whatever became of them.
select 1 as found from person where role = 'admin' limit 1

-- name: has_accepted
-- Whether somebody ever came: the first administrators were never invited, and who comes by another
-- service chooses no password.
select 1 as found from password where person = %(person)s
union all select 1 from invitation where person = %(person)s and accepted_at is not null limit 1

-- name: set_password
-- The last password counts.
insert into password (person, hash, set_at) values (%(person)s, %(hash)s, %(at)s)
on conflict (person) do update set hash = excluded.hash, set_at = excluded.set_at

-- name: invite
-- The word of an invitation, by its mark; the same again is the same one.
insert into invitation (mark, person, expires_at) values (%(mark)s, %(person)s, %(expires_at)s)
on conflict (mark) do nothing

-- name: hold_invitation
-- An invitation and who is invited, until the transaction ends.
select invitation.expires_at, invitation.accepted_at, person.*
from invitation join person on person.id = invitation.person
where mark = %(mark)s for update

-- name: accept
-- The invitation is used, and every other one of the same person with it.
update invitation set accepted_at = %(at)s
where person = %(person)s and accepted_at is null

-- name: activate
-- Whoever was invited is one of us.
update person set state = 'active', version = version + 1 where id = %(person)s
returning *

-- name: hold_newcomer
-- Who was invited by this address and never came, with every word of theirs, until the transaction ends: in the
-- order of `hold_invitation`, so that neither waits for the other.
select person.* from invitation join person on person.id = invitation.person
where person.email_mark = %(mark)s and person.state = 'invited'
  and not exists (select from password where password.person = person.id)
  and not exists (select from invitation as used
      where used.person = person.id and used.accepted_at is not null)
for update

-- name: live_invitation
-- Whether a word of somebody still opens the door.
select 1 as found from invitation
where person = %(person)s and accepted_at is null and expires_at > %(at)s limit 1

-- name: end_invitations
-- Words of before open nothing any more.
update invitation set expires_at = %(at)s
where person = %(person)s and accepted_at is null and expires_at > %(at)s
