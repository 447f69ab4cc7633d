-- name: begin
-- Claims an operation id; nothing comes back when it was claimed before.
insert into operation (id, actor, body_hash) values (%(id)s, %(actor)s, %(body_hash)s)
on conflict (actor, id) do nothing returning id

-- name: recall
-- What an operation id was used for; waits for the one that is at work on it.
select body_hash, answer from operation where id = %(id)s and actor = %(actor)s for update

-- name: finish
-- Keeps the answer for whoever asks again.
update operation set answer = %(answer)s where id = %(id)s and actor = %(actor)s
