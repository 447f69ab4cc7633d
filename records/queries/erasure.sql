-- name: never_came
-- Who was invited, and nobody waits for them: every word of theirs ran out long ago, and as long ago
-- somebody last said what they may do. Of one person, or of as many as may be.
select id from person
where state = 'invited' and who is not null and (%(person)s::text is null or id = %(person)s)
  and not exists (
    select from invitation where invitation.person = person.id
      and (accepted_at is not null or expires_at >= %(before)s))
  and not exists (
    select from deed where resource_id = person.id
      and event_type = 'user.permission_change' and timestamp >= %(before)s)
order by id limit %(most)s

-- name: erased_at
-- When somebody was erased, if they were.
select erased_at from person where id = %(person)s

-- name: name
-- Nothing tells any more who that was, and no key opens what did; the mark of the address is gone too.
update person set who = null, email_mark = null, key = null, erased_at = %(at)s
where id = %(person)s

-- name: password
-- Nobody comes in by it.
delete from password where person = %(person)s

-- name: invitation
-- Nobody comes in by its word.
delete from invitation where person = %(person)s

-- name: invited
-- What was asked by whoever invited or corrected them, or by whom they named, as a hash of names.
update people_change set body_hash = ''
where answer->>'id' = %(person)s and answer ?| array['expires_at', 'corrected', 'nominated']

-- name: session
-- Where they were signed in and when; they were ended just before.
delete from session where person = %(person)s

-- name: second_factor
-- The secret with its recovery codes.
delete from second_factor where person = %(person)s

-- name: passkey
-- Public keys, and what they were called.
delete from passkey where person = %(person)s

-- name: provider
-- Another service's name for them.
delete from provider_identity where person = %(person)s

-- name: challenge
-- Codes that they owed.
delete from sign_in_challenge where person = %(person)s

-- name: flow
-- A sign-in that ended stays used up, by nobody.
update oidc_flow set person = null where person = %(person)s

-- name: tries
-- How often somebody tried with their address.
delete from sign_in_try where mark = any(%(marks)s)

-- name: letter
-- Letters to their address, those too that were not sent.
delete from account_letter where email_mark = %(mark)s

-- name: reset
-- Words that they asked for to choose a new password.
delete from password_reset where email_mark = %(mark)s

-- name: nominee
-- Whom they named to act for them.
delete from nominee where person = %(person)s

-- name: employee
-- Their record: only that there was one stays, and who removed it.
update employee
set version = version + 1, salary = null, bank_account = null, pan = null, aadhaar = null,
    mark = 'erased', changed_at = %(at)s, changed_by = %(by)s, removed_at = %(at)s
where person = %(person)s and removed_at is null

-- name: kept
-- What stays by their id: who did what, and what they booked.
select (select count(*) from deed where user_id = %(person)s) as deeds,
       (select count(*) from money_event where actor = %(person)s) as books

-- name: all_erased
-- Who was erased, people, customers and vehicles by id, in the order in which that was.
select id, erased_at from person where erased_at is not null
union all
select id, erased_at from customer where erased_at is not null
union all
select id, erased_at from customer_vehicle where erased_at is not null
order by erased_at, id
