-- name: add
-- A customer; the same id twice is one.
insert into customer (id, garage, version, who, name_marks, phone_mark, gstin_mark, changed_at, changed_by)
values (%(id)s, %(garage)s, 1, %(who)s, %(name_marks)s, %(phone_mark)s, %(gstin_mark)s, %(at)s, %(by)s)
on conflict (id) do nothing

-- name: hold
-- A customer of any garage or of one, whom nobody else may change meanwhile.
select * from customer
where id = %(id)s and erased_at is null and (%(garage)s::text is null or garage = %(garage)s)
for update

-- name: change
-- Who they are from now on.
update customer
set version = version + 1, who = %(who)s, name_marks = %(name_marks)s, phone_mark = %(phone_mark)s,
    gstin_mark = %(gstin_mark)s, changed_at = %(at)s, changed_by = %(by)s
where id = %(id)s

-- name: many
-- Customers by their ids, of any garage or of one.
select * from customer
where id = any(%(ids)s) and erased_at is null and (%(garage)s::text is null or garage = %(garage)s)

-- name: page
-- Customers of any garage or of one, the newest first.
select * from customer
where erased_at is null and (%(garage)s::text is null or garage = %(garage)s)
  and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: by_phone
-- Whoever left a telephone number in a garage, whose mark this is.
select * from customer where phone_mark = %(mark)s and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: by_gstin
-- Whoever is registered under a number.
select * from customer where gstin_mark = %(mark)s and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(first)s

-- name: by_name_newest
-- The same among a garage's newest customers alone: what is frequent fills a page from them, and whoever
-- came lately is sought most.
select * from (
    select * from customer
    where garage = %(garage)s and erased_at is null and (%(after)s::text is null or id < %(after)s)
    order by id desc limit %(newest)s
) as newest
where name_marks @> %(marks)s
order by id desc limit %(first)s

-- name: by_name
-- Names that bear all of these marks. The index finds them first, whatever the planner thinks of how
-- rare a mark is: read in the order of ids, a rare one would cost the whole garage.
with found as materialized (select id from customer where name_marks @> %(marks)s),
page as (
    select id from found where %(after)s::text is null or id < %(after)s
    order by id desc limit %(first)s
)
select customer.* from page join customer using (id) order by id desc

-- name: erase
-- Nothing of who they were stays, in what was asked of them neither (a hash with a key).
with asked as (update people_change set body_hash = '' where answer->>'id' = %(id)s)
update customer
set version = version + 1, who = '', name_marks = '{}', phone_mark = null, gstin_mark = null,
    changed_at = %(at)s, changed_by = %(by)s, erased_at = %(at)s
where id = %(id)s
