-- name: listen
-- From now on this connection is told.
listen battwheels

-- name: tell
-- Tells every process that listens; the same twice in one transaction is told once.
select pg_notify('battwheels', topic) from unnest(%(topics)s::text[]) as topic
