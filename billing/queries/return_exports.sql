-- name: ask
-- The same export again is the one that is there.
insert into return_export (id, garage, seller, garages, month, asked_at, asked_by)
values (%(id)s, %(garage)s, %(gstin)s, %(garages)s, %(month)s, %(at)s, %(by)s)
on conflict (id) do nothing returning id

-- name: get
-- An export without what was made.
select id, garage, seller, garages, month, asked_at, asked_by, papers, done,
       refused_field, refused_reason, finished_at
from return_export where id = %(id)s

-- name: waiting
-- What is still to be made; what was begun again and again comes last, so that it keeps nobody waiting.
select id from return_export where finished_at is null order by tries, asked_at limit %(first)s

-- name: take
-- Somebody sets about it once more.
update return_export set tries = tries + 1 where id = %(id)s and finished_at is null returning id

-- name: hold_garage
-- Whoever asks for the same garage waits until it is counted.
select pg_advisory_xact_lock(hashtextextended('return export ' || %(garage)s, 0))

-- name: waiting_of
-- How many of a garage are still to be made.
select count(*) as n from return_export where finished_at is null and garage = %(garage)s

-- name: kept_of
-- How many of a garage's returns are kept or still to be made beside this one, and how large the files of those
-- that are made are together.
select count(*) as n, coalesce(sum(octet_length(archive)), 0)::bigint as bytes
from return_export
where (archive is not null or finished_at is null) and garage = %(garage)s and id <> %(id)s

-- name: is_waiting
-- Whether it is still to be made: what ended before is not ended anew.
select 1 as found from return_export where id = %(id)s and finished_at is null

-- name: begin
-- What it is made of; parts of other papers go.
with begun as (
    update return_export set papers = %(papers)s, digest = %(digest)s, done = 0
    where id = %(id)s and finished_at is null and digest is distinct from %(digest)s returning id
)
delete from return_part where export in (select id from begun)

-- name: parts
-- What is made of it already.
select id, papers, last, sealed from return_part where export = %(id)s order by n

-- name: keep_part
-- The next part, of the papers that it is made of: whoever lost the lease meanwhile leaves no part behind
-- others, nor of other papers. Nothing comes back then.
with export as (
    select id from return_export
    where id = %(id)s and digest = %(digest)s and finished_at is null
      and %(n)s = (select count(*) from return_part where export = %(id)s)
    for update
), kept as (
    insert into return_part (id, export, n, papers, last, sealed)
    select %(part)s, id, %(n)s, %(papers)s, %(last)s, %(sealed)s from export
    on conflict (id) do nothing returning papers
)
update return_export set done = done + kept.papers from kept where id = %(id)s returning id

-- name: finish
-- It is made, or refused: its parts are not needed any more.
with ended as (
    update return_export
    set finished_at = %(at)s, archive = %(archive)s, refused_field = %(field)s,
        refused_reason = %(reason)s
    where id = %(id)s and finished_at is null
)
delete from return_part where export = %(id)s

-- name: archive
-- What was made.
select archive from return_export where id = %(id)s and archive is not null
