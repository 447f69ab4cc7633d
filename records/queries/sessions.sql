-- name: begin
-- A session; the same sign-in again is the same one.
insert into session (id, person, client, began_at, seen_at, ends_at, second_factor, address)
values (%(id)s, %(person)s, %(client)s, %(now)s, %(now)s, %(ends_at)s, %(second_factor)s,
    %(address)s)
on conflict (id) do nothing returning id

-- name: begun
-- The session of a sign-in that was answered before.
select id from session where id = %(id)s and person = %(person)s and ended_at is null

-- name: keep_refresh
-- A refresh token by its mark.
insert into refresh_token (mark, session, made_at) values (%(mark)s, %(session)s, %(now)s)
on conflict (mark) do nothing

-- name: hold_refresh
-- A refresh token with its session and person, until the transaction ends.
select refresh_token.used_at, refresh_token.used_by, session.id as session, session.client,
       session.began_at, session.ends_at, session.seen_at, session.ended_at, session.second_factor,
       person.*
from refresh_token
join session on session.id = refresh_token.session
join person on person.id = session.person
where refresh_token.mark = %(mark)s for update of refresh_token, session

-- name: waiting_refresh
-- A refresh token that was not used yet, with its session and person, as it stands now.
select session.id as session, session.client, session.began_at, session.ends_at, session.seen_at,
       session.second_factor, person.*
from refresh_token
join session on session.id = refresh_token.session
join person on person.id = session.person
where refresh_token.mark = %(mark)s and refresh_token.used_at is null and session.ended_at is null

-- name: use_refresh
-- It is good once.
update refresh_token set used_at = %(now)s, used_by = %(operation)s where mark = %(mark)s

-- name: is_unused
-- Whether the token that followed one waits for its first use.
select 1 as found from refresh_token where mark = %(mark)s and used_at is null

-- name: see
-- A session that is used goes on.
update session set seen_at = %(now)s where id = %(id)s

-- name: end
-- A session is over; the trigger tells all processes.
update session set ended_at = %(now)s where id = %(id)s and ended_at is null

-- name: end_all
-- All sessions of somebody are over.
update session set ended_at = %(now)s
where person = %(person)s and ended_at is null

-- name: end_oldest
-- Of somebody's sessions the newest stay; who else ends one of them at this moment is not waited for.
update session set ended_at = %(now)s
where id in (
    select id from session
    where id in (
        select id from session
        where person = %(person)s and ended_at is null
          and ends_at > %(now)s and seen_at > %(idle_since)s
        order by began_at desc, id offset %(most)s
    )
    for update skip locked
)

-- name: of_person
-- The sessions of somebody that are not over, the newest first.
select id, person, client, began_at, seen_at, ends_at, second_factor from session
where person = %(person)s and ended_at is null and ends_at > %(now)s and seen_at > %(idle_since)s
order by began_at desc, id limit %(first)s

-- name: session
-- One session and whose it is.
select person.*
from session join person on person.id = session.person
where session.id = %(id)s

-- name: began_at
-- When a session began that goes on.
select began_at from session where id = %(id)s and ended_at is null

-- name: signed_in_from
-- Whether the owner of an account signed in from an address before; asked for every account, known or not.
select from session join person on person.id = session.person
where person.email_mark = %(account)s and session.address = %(address)s limit 1

-- name: addresses_of
-- From where somebody signed in.
select distinct address from session where person = %(person)s and address is not null

-- name: count_try
-- One more try of this mark, counted before it is known how it ends; the count begins anew after a
-- while without any.
insert into sign_in_try as known (mark, tries, last_at) values (%(mark)s, 1, %(now)s)
on conflict (mark) do update set
    tries = case when known.last_at < %(since)s then 1 else known.tries + 1 end,
    last_at = %(now)s

-- name: hold_try
-- How often this mark was tried and when last, until the transaction ends: the first try of all waits for
-- another first one too, which a lock on a row that is not there would not do.
insert into sign_in_try as known (mark, tries, last_at) values (%(mark)s, 0, %(now)s)
on conflict (mark) do update set tries = known.tries
returning tries, last_at

-- name: forgive
-- Whoever got in starts anew.
delete from sign_in_try where mark = %(mark)s

-- name: take_back
-- A try that ended well does not count against an address that many share.
update sign_in_try set tries = greatest(tries - 1, 0) where mark = %(mark)s
