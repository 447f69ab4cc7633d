-- name: acknowledge
-- A garage that asks behind a cursor has what lies before it; it never goes back.
insert into garage_cursor (garage, seq) values (%(garage)s, %(seq)s)
on conflict (garage) do update set seq = greatest(garage_cursor.seq, excluded.seq), moved_at = now()

-- name: standings
-- CA-32: how far each garage has come; one garage, or all.
select garage, seq, moved_at from garage_cursor
where %(garage)s::text is null or garage = %(garage)s order by garage limit 100

-- name: propose
-- An edit of a card, by its operation: the same again is the same one.
insert into card_edit (card, base, source, weight, fields)
values (%(card)s, %(base)s, %(source)s, %(weight)s, %(fields)s)
on conflict do nothing

-- name: proposals
-- The edits of a card that some operations made.
select source, base, weight, fields from card_edit
where card = %(card)s and source = any(%(sources)s)
order by source

-- name: foreign
-- Whether somebody else has used this operation id.
select 1 as found from operation where id = %(id)s and actor <> %(actor)s limit 1
