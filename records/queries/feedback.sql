-- name: about
-- What the ticket was about, as it was when something was first said of it.
insert into ticket_about (ticket, make, model, symptoms)
values (%(ticket)s, %(make)s, %(model)s, %(symptoms)s)
on conflict (ticket) do nothing

-- name: held
-- What a person says of a repair, locked until it is changed.
select ticket, person, garage, card, stars, comment, correction, version, given_at, changed_at
from feedback where ticket = %(ticket)s and person = %(person)s for update

-- name: give
-- The first version; nothing comes back when somebody gave it meanwhile.
insert into feedback
    (ticket, person, garage, card, stars, comment, correction, version, given_at, changed_at)
values (%(ticket)s, %(person)s, %(garage)s, %(card)s, %(stars)s, %(comment)s, %(correction)s,
        %(version)s, %(given_at)s, %(changed_at)s)
on conflict (ticket, person) do nothing returning version

-- name: change
-- A later version.
update feedback
set card = %(card)s, stars = %(stars)s, comment = %(comment)s, correction = %(correction)s,
    version = %(version)s, changed_at = %(changed_at)s
where ticket = %(ticket)s and person = %(person)s

-- name: keep
-- Every version is kept.
insert into feedback_version
    (ticket, person, version, card, stars, comment, correction, changed_at)
values (%(ticket)s, %(person)s, %(version)s, %(card)s, %(stars)s, %(comment)s, %(correction)s,
        %(changed_at)s)

-- name: history
-- What was said of a repair, by whom, the newest version of each person first.
select ticket, person, garage, v.card, v.stars, v.comment, v.correction, v.version, given_at,
       v.changed_at
from feedback_version v join feedback using (ticket, person)
where ticket = %(ticket)s and (%(person)s::text is null or person = %(person)s)
order by given_at, person, v.version desc limit 200

-- name: observe
-- Adds to what one person did with one card on one ticket, up to the caps; a place is chosen once.
insert into impression (ticket, person, card, garage, clicks, dwell_ms, place, seen_at)
values (%(ticket)s, %(person)s, %(card)s, %(garage)s, %(clicks)s, %(dwell_ms)s, %(place)s, %(at)s)
on conflict (ticket, person, card) do update
set clicks = least(impression.clicks + excluded.clicks, %(clicks_most)s),
    dwell_ms = least(impression.dwell_ms + excluded.dwell_ms, %(dwell_most)s),
    place = coalesce(impression.place, excluded.place),
    seen_at = greatest(impression.seen_at, excluded.seen_at)

-- name: closed
-- How a repair was handed back, by the newest version of the ticket that was heard, and which cards
-- hear of it: that it ended with another card is told of both.
with newer as (
    select coalesce(bool_and(held), true) as held from aftermath
    where ticket = %(ticket)s and closed_at = %(closed_at)s
    having coalesce(max(version), -1) < %(version)s
), outdated as (
    update aftermath set stands = false, version = %(version)s
    where ticket = %(ticket)s and closed_at = %(closed_at)s and card is distinct from %(card)s
      and exists (select from newer)
    returning card
), standing as (
    insert into aftermath (ticket, closed_at, garage, card, worked, stars, held, version)
    select %(ticket)s, %(closed_at)s, %(garage)s, %(card)s, %(worked)s, %(stars)s, held, %(version)s
    from newer
    on conflict (ticket, closed_at, card) do update
    set worked = excluded.worked, stars = excluded.stars, stands = true, version = excluded.version
    returning card
)
select card from outdated union select card from standing

-- name: one_ticket_at_a_time
-- Until the end of the transaction.
select pg_advisory_xact_lock(hashtextextended(%(ticket)s, 0))

-- name: came_back
-- What was handed back by then did not hold.
update aftermath set held = false where ticket = %(ticket)s and closed_at <= %(by)s returning card

-- name: first_fixes
-- Whether each repair worked and every closing of it held.
select distinct on (ticket) ticket, worked and every(held) over (partition by ticket) as first_fix
from aftermath where ticket = any(%(tickets)s) and stands
order by ticket, closed_at desc
