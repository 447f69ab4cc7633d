-- name: since
-- From when on a term's slots count: the first time that anybody looked.
insert into training_term as known (term, since) values (%(term)s, %(now)s)
on conflict (term) do update set since = known.since returning since

-- name: known
-- Since when a term's slots count, where anybody ever looked for them.
select since from training_term where term = %(term)s

-- name: claim
-- A slot is one process's: whoever comes first.
insert into training_slot (term, slot, holder, began_at)
values (%(term)s, %(slot)s, %(holder)s, %(now)s)
on conflict (term, slot) do nothing returning term

-- name: ended
-- The training of a slot ended, well or not.
update training_slot set ended_at = case when %(failed)s::text is null then %(now)s end,
    failed = %(failed)s
where term = %(term)s and slot = %(slot)s and holder = %(holder)s

-- name: slots
-- What became of a term's slots.
select slot, ended_at, told_missed_at from training_slot
where term = %(term)s and slot > %(since)s

-- name: told
-- A missed slot is told once, whoever tells it; nobody begins it any more.
insert into training_slot (term, slot, holder, began_at, told_missed_at)
values (%(term)s, %(slot)s, 'nobody', %(now)s, %(now)s)
on conflict (term, slot) do update set told_missed_at = excluded.told_missed_at
where training_slot.told_missed_at is null returning term
