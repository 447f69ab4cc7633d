-- name: at
-- Where a consumer stands.
select seq from cursor_of where consumer = %(consumer)s

-- name: move
-- A cursor only moves on.
insert into cursor_of (consumer, seq) values (%(consumer)s, %(seq)s)
on conflict (consumer) do update set seq = greatest(cursor_of.seq, excluded.seq), moved_at = now()
