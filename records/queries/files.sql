-- name: turn
-- One at a time adds to what a garage keeps, or two would both find the last room.
select pg_advisory_xact_lock(hashtextextended('files of ' || %(garage)s, 0))

-- name: used
-- How many bytes a garage's files take, those that are announced and still awaited among them.
select coalesce(sum(coalesce(length, asked_length) + small_length), 0)::bigint as bytes
from stored_file
where garage = %(garage)s
  and (state = 'stored' or (state = 'asked' and waits_until > %(now)s and id <> %(id)s))

-- name: ask
-- A file is announced; again, it is awaited for longer.
insert into stored_file (id, garage, owner, state, asked_type, asked_length, asked_sha256, asked_at, waits_until,
    key)
values (%(id)s, %(garage)s, %(owner)s, 'asked', %(type)s, %(length)s, %(sha256)s, %(now)s, %(waits_until)s,
    %(key)s)
on conflict (id) do update set waits_until = greatest(stored_file.waits_until, excluded.waits_until)
returning *

-- name: many
-- Files by their ids.
select * from stored_file where id = any(%(ids)s)

-- name: logs_of
-- What logs tell that somebody handed in: of files that are kept.
select id, battery_log from stored_file
where id = any(%(ids)s) and owner = %(owner)s and state = 'stored'

-- name: keep
-- What came was what was announced, and is kept; what is kept already stays as it is.
update stored_file
set state = 'stored', type = %(type)s, length = %(length)s, sha256 = %(sha256)s,
    small_length = %(small_length)s, width = %(width)s, height = %(height)s, stored_at = %(at)s,
    battery_log = %(log)s
where id = %(id)s and state = 'asked'

-- name: claim
-- Files belong to a ticket from now on, whoever sent them naming them; those that do already stay.
update stored_file set ticket = %(ticket)s, vehicle = coalesce(vehicle, %(vehicle)s::text)
where id = any(%(ids)s) and garage = %(garage)s and owner = %(owner)s
  and (ticket = %(ticket)s or (ticket is null and state = 'stored'))
returning id

-- name: erase_of_tickets
-- The files of tickets that were deleted, or billed to somebody who is erased, are noise from now on: their
-- keys are gone.
update stored_file set state = 'removed', key = null, removed_at = coalesce(removed_at, %(at)s),
    removed_by = coalesce(removed_by, %(by)s)
where ticket = any(%(tickets)s) and key is not null

-- name: erase_of_owner
-- So are those that show the vehicles of a customer who is erased.
update stored_file set state = 'removed', key = null, removed_at = coalesce(removed_at, %(at)s),
    removed_by = coalesce(removed_by, %(by)s)
where key is not null and vehicle in (select id from customer_vehicle where owner = %(owner)s)

-- name: erase_of_vehicle
-- And those that show a vehicle which is erased by itself.
update stored_file set state = 'removed', key = null, removed_at = coalesce(removed_at, %(at)s),
    removed_by = coalesce(removed_by, %(by)s)
where key is not null and vehicle = %(vehicle)s

-- name: page
-- Files that are kept, in the order of their ids as bytes.
select * from stored_file where state = 'stored' and id collate "C" > %(after)s
order by id collate "C" limit %(first)s

-- name: going
-- Files whose bytes go for good: their key is gone, or they were removed long enough ago.
select id from stored_file
where state = 'removed' and gone_at is null and (key is null or removed_at < %(before)s)
order by removed_at limit %(first)s

-- name: gone
-- The bytes of a file are gone, and so is its key.
update stored_file set key = null, gone_at = %(at)s where id = %(id)s and state = 'removed'

-- name: never_came
-- Files that were announced, and are awaited no more.
select id from stored_file where state = 'asked' and waits_until < %(now)s order by waits_until limit %(first)s

-- name: drop
-- Nothing is left of a file that never came, unless somebody announced it anew.
delete from stored_file where id = %(id)s and state = 'asked' and waits_until < %(now)s

-- name: unnamed
-- Files that no ticket names, kept for long, but those that something else shows.
select id from stored_file
where state = 'stored' and ticket is null and stored_at < %(before)s and id <> all(%(shown)s)
order by stored_at limit %(first)s

-- name: remove
-- Files are taken away, for a while so that they can be brought back.
update stored_file set state = 'removed', removed_at = %(at)s, removed_by = %(by)s
where id = any(%(ids)s) and state = 'stored' and ticket is null

-- name: restore
-- A removed file is kept again, if its key is.
update stored_file set state = 'stored', removed_at = null, removed_by = null
where id = %(id)s and state = 'removed' and key is not null and gone_at is null
