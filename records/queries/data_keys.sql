-- name: all
-- Every data key, wrapped, the oldest first.
select name, of_table, wrapped_by, wrapped, primary_since, retired_at from data_key order by made_at, name

-- name: add
-- A new key; of two processes that start at once the first one's is the primary.
insert into data_key (name, of_table, wrapped_by, wrapped, made_at, primary_since)
values (%(name)s, %(table)s, %(wrapped_by)s, %(wrapped)s, now(),
        case when %(primary)s then now() end)
on conflict do nothing

-- name: last
-- The highest number that a table's keys have had.
select coalesce(max(split_part(name, '.', 2)::integer), 0) as n
from data_key where of_table = %(table)s

-- name: retire
-- The primaries before these keys seal nothing more.
update data_key set retired_at = now()
where retired_at is null and primary_since is not null and not name = any(%(names)s)
  and of_table = any(select of_table from data_key where name = any(%(names)s))

-- name: promote
-- From now on new values are sealed with these keys.
update data_key set primary_since = now()
where name = any(%(names)s) and primary_since is null

-- name: rewrap
-- The same key, wrapped by another master key.
update data_key set wrapped_by = %(wrapped_by)s, wrapped = %(wrapped)s where name = %(name)s

-- name: old
-- Keys that sealed nothing new for a while, and those of the setting: candidates to go.
select name from data_key
where of_table is null or retired_at < now() - make_interval(secs => %(seconds)s)
order by name for update

-- name: remove
-- They are gone, and whatever they sealed with them: nothing is left of that.
delete from data_key where name = any(%(names)s)

-- name: in_use
-- The names of the keys that something is sealed with, and how much: each sealed value begins with its
-- key's name.
select convert_from(substring(sealed from 2 for get_byte(sealed, 0)), 'UTF8') as name, count(*) as values
from (
    select buyer as sealed from invoice
    union all select reference from payment
    union all select buyer from saga
    union all select buyer from invoice_draft
    union all select signed from e_invoice
    union all select sealed from message
    union all select buyer from receipt_voucher
    union all select who from customer
    union all select identity from customer_vehicle
    union all select key from stored_file
    union all select salary from employee
    union all select bank_account from employee
    union all select pan from employee
    union all select aadhaar from employee
    union all select who from person
    union all select key from person
    union all select secret from second_factor
    union all select name from passkey
    union all select who from nominee
    union all select sealed from return_part
    union all select archive from return_export
) as everything
where length(sealed) > 1
group by 1

-- name: count_stale
-- How many values of a column are sealed with another key than the primary.
select count(*) as n from {table}
where {column} is not null
  and substring({column} from 2 for get_byte({column}, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale
-- Some of these values, in the order of their rows, which are held.
select {row}::text as row, {column} as value from {table}
where (%(first)s or {row} > %(after)s) and {column} is not null
  and substring({column} from 2 for get_byte({column}, 0)) <> convert_to(%(key)s, 'UTF8')
order by {table}.{row} limit %(limit)s for update

-- name: reseal
-- The same value, sealed anew.
update {table} set {column} = %(value)s where {row} = %(row)s
