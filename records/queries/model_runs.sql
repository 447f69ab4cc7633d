-- name: add
-- A run as it ended; the same twice is one.
insert into model_run (id, kind, version, state, embedding, data_hash, code_commit, seed, parameters,
    figures, verdicts, artefact, compared_with, trained_at, trained_by, synthetic)
values (%(id)s, %(kind)s, %(version)s, %(state)s, %(embedding)s, %(data_hash)s, %(code_commit)s,
    %(seed)s, %(parameters)s, %(figures)s, %(verdicts)s, %(artefact)s, %(compared_with)s,
    %(trained_at)s, %(trained_by)s, %(synthetic)s)
on conflict (id) do nothing

-- name: run
-- One run by its id.
select * from model_run where id = %(id)s

-- name: page
-- The runs of a kind or of all, the newest first.
select * from model_run
where (%(kind)s::text is null or kind = %(kind)s) and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: serving
-- The run of each kind that serves.
select * from model_run where state = 'serving' order by kind

-- name: hold
-- One changes at a time which models serve.
select pg_advisory_xact_lock(7119310240)

-- name: serving_of
-- The run of one kind that serves.
select * from model_run where kind = %(kind)s and state = 'serving'

-- name: state
-- Where a run stands from now on.
update model_run set state = %(state)s where id = %(id)s

-- name: turn_of
-- What an operation did, if it was done.
select * from model_turn where operation = %(operation)s

-- name: promotion
-- How a run came to serve by promotion, and what served before it.
select * from model_turn where run = %(run)s and not rolled_back order by n desc limit 1

-- name: turn
-- Another run serves.
insert into model_turn (kind, run, replaced, rolled_back, operation, by, at)
values (%(kind)s, %(run)s, %(replaced)s, %(rolled_back)s, %(operation)s, %(by)s, %(at)s)

-- name: turns
-- Which runs of a kind served, the newest first.
select * from model_turn where kind = %(kind)s order by n desc limit %(first)s
