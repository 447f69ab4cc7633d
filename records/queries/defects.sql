-- name: raise
-- An alarm is raised once; the same again changes nothing.
insert into defect_alarm (id, make, supplier, battery_batch, firmware, climate, component, since, at,
    tickets, failures, visits, expected, evidence, synthetic, found_at)
values (%(id)s, %(make)s, %(supplier)s, %(battery_batch)s, %(firmware)s, %(climate)s, %(component)s,
    %(since)s, %(at)s, %(tickets)s, %(failures)s, %(visits)s, %(expected)s, %(evidence)s,
    %(synthetic)s, %(found_at)s)
on conflict (id) do nothing returning id

-- name: page
-- Alarms, the newest first; those that are not over, or all.
select * from defect_alarm
where (%(after)s::text is null
    or (at, id) < (select at, id from defect_alarm where id = %(after)s))
  and (%(over)s or closed_at is null)
order by at desc, id desc limit %(first)s

-- name: alarms
-- Some alarms by their ids.
select * from defect_alarm where id = any(%(ids)s)

-- name: hold
-- One alarm, until its answer is written.
select * from defect_alarm where id = %(id)s for update

-- name: acknowledge
-- Somebody looks into it.
update defect_alarm set acknowledged_at = %(at)s, acknowledged_by = %(by)s where id = %(id)s
returning *

-- name: close
-- It is over.
update defect_alarm set closed_at = %(at)s, closed_by = %(by)s where id = %(id)s
returning *

-- name: close_review
-- What was waiting for it is answered with it.
update review set closed_at = %(at)s, closed_by = %(by)s
where kind = 'defect' and other = %(id)s and closed_at is null
