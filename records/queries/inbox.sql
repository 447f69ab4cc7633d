-- name: claim
-- Marks an event as handled and holds its row until the effects beside it are committed; whoever
-- else has the same event waits here and then gets nothing. Below the cursor all was handled.
insert into handling (consumer, event, seq, state)
select %(consumer)s, %(event)s, %(seq)s, 'handled'
where %(seq)s > coalesce((select seq from cursor_of where consumer = %(consumer)s), 0)
   or exists (select from handling where consumer = %(consumer)s and event = %(event)s)
on conflict (consumer, event) do update set state = 'handled', changed_at = now()
where handling.state = 'waiting'
returning event

-- name: claim_batch
-- The same for many, always in one order, so that two workers with the same events wait and do not
-- hold each other up.
insert into handling (consumer, event, seq, state)
select %(consumer)s, e.event, min(e.seq), 'handled'
from unnest(%(events)s::text[], %(seqs)s::bigint[]) as e (event, seq)
where e.seq > coalesce((select seq from cursor_of where consumer = %(consumer)s), 0)
   or exists (select from handling h where h.consumer = %(consumer)s and h.event = e.event)
group by e.event order by e.event
on conflict (consumer, event) do update set state = 'handled', changed_at = now()
where handling.state = 'waiting'
returning event

-- name: fail
-- Writes down a failed try; after the last one that counts the event is given up.
insert into handling (consumer, event, seq, state, tries, error, due_at)
values (%(consumer)s, %(event)s, %(seq)s,
        case when %(counts)s::integer >= %(limit)s then 'dead' else 'waiting' end,
        %(counts)s, %(error)s,
        clock_timestamp() + make_interval(secs => %(base)s * %(jitter)s))
on conflict (consumer, event) do update set
    tries = handling.tries + excluded.tries,
    error = excluded.error,
    state = case when handling.tries + excluded.tries >= %(limit)s then 'dead' else 'waiting' end,
    due_at = clock_timestamp() + make_interval(
        secs => least(%(longest)s, %(base)s * power(2, least(handling.tries, 20))) * %(jitter)s),
    changed_at = now()
where handling.state = 'waiting'
returning state

-- name: due
-- Events whose next try is due, those that wait longest first.
select l.seq, l.id, l.type, l.entity, l.version, l.at, l.actor, l.garage, l.trace, l.schema
from handling h join change_log l on l.id = h.event
where h.consumer = %(consumer)s and h.state = 'waiting' and h.due_at <= clock_timestamp()
order by h.due_at limit %(limit)s

-- name: missed
-- Entries that nobody has begun although they were logged a while ago: the stream lost them.
select l.seq, l.id, l.type, l.entity, l.version, l.at, l.actor, l.garage, l.trace, l.schema
from change_log l
where l.seq > coalesce((select seq from cursor_of where consumer = %(consumer)s), 0)
  and l.type = any(%(types)s)
  and l.logged_at <= clock_timestamp() - make_interval(secs => %(grace)s)
  and not exists (select from handling h where h.consumer = %(consumer)s and h.event = l.id)
order by l.seq limit %(limit)s

-- name: behind
-- One row while there is something to do; what is replayed waits below the cursor, and what the
-- log has let go of can wait no more.
select 1 as behind from change_log_head
where seq > coalesce((select seq from cursor_of where consumer = %(consumer)s), 0)
   or exists (select from handling h join change_log l on l.id = h.event
              where h.consumer = %(consumer)s and h.state = 'waiting')

-- name: settle
-- The cursor moves up to the first entry that is neither handled nor given up.
insert into cursor_of (consumer, seq)
select %(consumer)s, coalesce(
    (select min(l.seq) - 1 from change_log l
     where l.seq > coalesce((select seq from cursor_of where consumer = %(consumer)s), 0)
       and l.type = any(%(types)s)
       and not exists (select from handling h where h.consumer = %(consumer)s
                       and h.event = l.id and h.state <> 'waiting')),
    (select seq from change_log_head))
on conflict (consumer) do update set seq = greatest(cursor_of.seq, excluded.seq), moved_at = now()

-- name: clear
-- What lies a day below the cursor is not asked for again.
delete from handling
where consumer = %(consumer)s and state = 'handled' and changed_at < now() - interval '1 day'
  and seq <= (select seq from cursor_of where consumer = %(consumer)s)
