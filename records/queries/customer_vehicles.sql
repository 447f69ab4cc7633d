-- name: add
-- A vehicle; the same id twice is one.
insert into customer_vehicle (id, garage, version, owner, make, model, year, identity, plate_mark,
    plate_end_mark, vin_mark, changed_at, changed_by)
values (%(id)s, %(garage)s, 1, %(owner)s, %(make)s, %(model)s, %(year)s, %(identity)s, %(plate_mark)s,
    %(plate_end_mark)s, %(vin_mark)s, %(at)s, %(by)s)
on conflict (id) do nothing

-- name: hold
-- A vehicle of any garage or of one, which nobody else may change meanwhile.
select * from customer_vehicle
where id = %(id)s and (%(garage)s::text is null or garage = %(garage)s)
for update

-- name: change
-- What it is from now on.
update customer_vehicle
set version = version + 1, owner = %(owner)s, make = %(make)s, model = %(model)s, year = %(year)s,
    identity = %(identity)s, plate_mark = %(plate_mark)s, plate_end_mark = %(plate_end_mark)s,
    vin_mark = %(vin_mark)s, changed_at = %(at)s, changed_by = %(by)s, erased_at = null
where id = %(id)s

-- name: many
-- Vehicles by their ids, of any garage or of one.
select * from customer_vehicle
where id = any(%(ids)s) and (%(garage)s::text is null or garage = %(garage)s)

-- name: page
-- Vehicles of any garage or of one, the newest first.
select * from customer_vehicle
where (%(garage)s::text is null or garage = %(garage)s) and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: of_owners
-- The newest vehicles of each of these customers.
select found.* from unnest(%(owners)s::text[]) as wanted (owner)
cross join lateral (
    select * from customer_vehicle where customer_vehicle.owner = wanted.owner
    order by id desc limit %(first)s
) as found

-- name: by_plate
-- Vehicles that bear a plate.
select * from customer_vehicle where plate_mark = %(mark)s and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: by_plate_end
-- Vehicles whose plate ends in four digits.
select * from customer_vehicle
where plate_end_mark = %(mark)s and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: by_vin
-- Vehicles of a VIN.
select * from customer_vehicle where vin_mark = %(mark)s and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: erase_of
-- What tells which vehicles a customer has goes, in what was asked of them too; make and model stay, and
-- what was repaired on them.
with gone as (
    update customer_vehicle
    set version = version + 1, owner = null, identity = null, plate_mark = null, plate_end_mark = null,
        vin_mark = null, changed_at = %(at)s, changed_by = %(by)s, erased_at = %(at)s
    where owner = %(owner)s
    returning id
), asked as (
    update people_change set body_hash = '' where answer->>'id' in (select id from gone)
)
select count(*) as n from gone

-- name: erase
-- The same of one vehicle.
with gone as (
    update customer_vehicle
    set version = version + 1, owner = null, identity = null, plate_mark = null, plate_end_mark = null,
        vin_mark = null, changed_at = %(at)s, changed_by = %(by)s, erased_at = %(at)s
    where id = %(id)s
    returning id
), asked as (
    update people_change set body_hash = '' where answer->>'id' in (select id from gone)
)
select count(*) as n from gone
