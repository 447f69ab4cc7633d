-- name: keep
-- A lapse is told once; nothing comes back when it was.
insert into lapsed_fix (card, kind, make, value, at, held, uses, held_since, uses_since, found_at)
values (%(card)s, %(kind)s, %(make)s, %(value)s, %(at)s, %(held)s, %(uses)s, %(held_since)s,
    %(uses_since)s, %(found_at)s)
on conflict do nothing returning card

-- name: known
-- The lapses that were told.
select card, kind, make, value from lapsed_fix
