-- name: take
-- Take a lease that is free, over, or held by the same holder, who keeps it longer.
insert into lease (name, holder, until)
values (%(name)s, %(holder)s, clock_timestamp() + make_interval(secs => %(seconds)s))
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where lease.holder = excluded.holder or lease.until < clock_timestamp()
returning name

-- name: give_up
-- The next one need not wait for the end.
delete from lease where name = %(name)s and holder = %(holder)s
