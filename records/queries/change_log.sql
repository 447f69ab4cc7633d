-- name: take_head
-- Writers queue here, so numbers are given in the order of commit and without a gap.
select seq from change_log_head for update

-- name: move_head
-- The number of the newest entry.
update change_log_head set seq = %(seq)s

-- name: append
-- The same event twice is one entry.
insert into change_log (seq, id, type, entity, version, at, actor, garage, trace, schema)
values (%(seq)s, %(id)s, %(type)s, %(entity)s, %(version)s, %(at)s, %(actor)s, %(garage)s,
        %(trace)s, %(schema)s)

-- name: known
-- The entries that these events already have.
select id, seq from change_log where id = any(%(ids)s)

-- name: after
-- What came after a cursor, oldest first.
select seq, id, type, entity, version, at, actor, garage, trace, schema
from change_log where seq > %(seq)s order by seq limit %(limit)s

-- name: last
-- Where the log stands now.
select seq from change_log_head
