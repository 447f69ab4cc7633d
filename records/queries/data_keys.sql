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
    union all select salary from employee
    union all select bank_account from employee
    union all select pan from employee
    union all select aadhaar from employee
    union all select who from person
) as everything
where length(sealed) > 1
group by 1

-- name: count_saga_buyer
-- How many are sealed with another key than the primary.
select count(*) as n from saga
where buyer is not null and substring(buyer from 2 for get_byte(buyer, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_saga_buyer
-- Sagas whose customer is sealed with another key than the primary, in the order of their ids.
select id::text as row, buyer as value from saga
where id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000')
  and substring(buyer from 2 for get_byte(buyer, 0)) <> convert_to(%(key)s, 'UTF8')
order by id limit %(limit)s for update

-- name: reseal_saga_buyer
-- The same customer, sealed anew.
update saga set buyer = %(value)s where id = %(row)s::uuid

-- name: count_invoice_draft_buyer
-- How many are sealed with another key than the primary.
select count(*) as n from invoice_draft
where buyer is not null and substring(buyer from 2 for get_byte(buyer, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_invoice_draft_buyer
-- The same of drafts.
select ticket as row, buyer as value from invoice_draft
where ticket > coalesce(%(after)s, '') and buyer is not null
  and substring(buyer from 2 for get_byte(buyer, 0)) <> convert_to(%(key)s, 'UTF8')
order by ticket limit %(limit)s for update

-- name: reseal_invoice_draft_buyer
-- The same customer, sealed anew.
update invoice_draft set buyer = %(value)s where ticket = %(row)s

-- name: count_message_sealed
-- How many are sealed with another key than the primary.
select count(*) as n from message
where sealed is not null and substring(sealed from 2 for get_byte(sealed, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_message_sealed
-- The same of messages.
select id as row, sealed as value from message
where id > coalesce(%(after)s, '')
  and substring(sealed from 2 for get_byte(sealed, 0)) <> convert_to(%(key)s, 'UTF8')
order by id limit %(limit)s for update

-- name: reseal_message_sealed
-- The same words, sealed anew.
update message set sealed = %(value)s where id = %(row)s

-- name: count_employee_salary
-- How many are sealed with another key than the primary.
select count(*) as n from employee
where salary is not null and substring(salary from 2 for get_byte(salary, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_employee_salary
-- Those of some employees, in the order of their ids.
select person as row, salary as value from employee
where person > coalesce(%(after)s, '') and salary is not null
  and substring(salary from 2 for get_byte(salary, 0)) <> convert_to(%(key)s, 'UTF8')
order by person limit %(limit)s for update

-- name: reseal_employee_salary
-- The same value, sealed anew.
update employee set salary = %(value)s where person = %(row)s

-- name: count_employee_bank_account
-- How many are sealed with another key than the primary.
select count(*) as n from employee
where bank_account is not null and substring(bank_account from 2 for get_byte(bank_account, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_employee_bank_account
-- Those of some employees, in the order of their ids.
select person as row, bank_account as value from employee
where person > coalesce(%(after)s, '') and bank_account is not null
  and substring(bank_account from 2 for get_byte(bank_account, 0)) <> convert_to(%(key)s, 'UTF8')
order by person limit %(limit)s for update

-- name: reseal_employee_bank_account
-- The same value, sealed anew.
update employee set bank_account = %(value)s where person = %(row)s

-- name: count_employee_pan
-- How many are sealed with another key than the primary.
select count(*) as n from employee
where pan is not null and substring(pan from 2 for get_byte(pan, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_employee_pan
-- Those of some employees, in the order of their ids.
select person as row, pan as value from employee
where person > coalesce(%(after)s, '') and pan is not null
  and substring(pan from 2 for get_byte(pan, 0)) <> convert_to(%(key)s, 'UTF8')
order by person limit %(limit)s for update

-- name: reseal_employee_pan
-- The same value, sealed anew.
update employee set pan = %(value)s where person = %(row)s

-- name: count_employee_aadhaar
-- How many are sealed with another key than the primary.
select count(*) as n from employee
where aadhaar is not null and substring(aadhaar from 2 for get_byte(aadhaar, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_employee_aadhaar
-- Those of some employees, in the order of their ids.
select person as row, aadhaar as value from employee
where person > coalesce(%(after)s, '') and aadhaar is not null
  and substring(aadhaar from 2 for get_byte(aadhaar, 0)) <> convert_to(%(key)s, 'UTF8')
order by person limit %(limit)s for update

-- name: reseal_employee_aadhaar
-- The same value, sealed anew.
update employee set aadhaar = %(value)s where person = %(row)s
-- name: count_person_who
-- How many are sealed with another key than the primary.
select count(*) as n from person
where substring(who from 2 for get_byte(who, 0)) <> convert_to(%(key)s, 'UTF8')

-- name: stale_person_who
-- The same of people.
select id as row, who as value from person
where id > coalesce(%(after)s, '')
  and substring(who from 2 for get_byte(who, 0)) <> convert_to(%(key)s, 'UTF8')
order by id limit %(limit)s for update

-- name: reseal_person_who
-- The same person, sealed anew.
update person set who = %(value)s where id = %(row)s
