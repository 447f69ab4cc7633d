-- name: add
-- A record of somebody who has none, or whose record was removed; nothing comes back where there is one.
insert into employee as held
    (person, garage, version, salary, bank_account, pan, aadhaar, mark, changed_at, changed_by)
values (%(person)s, %(garage)s, 1, %(salary)s, %(bank_account)s, %(pan)s, %(aadhaar)s, %(mark)s,
        %(at)s, %(by)s)
on conflict (person) do update set
    garage = excluded.garage, version = held.version + 1, salary = excluded.salary,
    bank_account = excluded.bank_account, pan = excluded.pan, aadhaar = excluded.aadhaar,
    mark = excluded.mark, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
    removed_at = null
where held.removed_at is not null
returning held.*, (select key from person where id = held.person) as key

-- name: is_garage
-- Whether there is a garage of that id.
select exists (select from garage where id = %(garage)s) as found

-- name: works_at
-- Where somebody works who has not left; nobody moves them until the transaction ends.
select garage from person where id = %(person)s and state <> 'gone' for share

-- name: key
-- What is sealed of somebody is sealed with it.
select key from person where id = %(person)s

-- name: move
-- A record goes where its person goes; it says the same there.
update employee
set version = version + 1, garage = %(garage)s, changed_at = %(at)s, changed_by = %(by)s
where person = %(person)s and removed_at is null and garage <> %(garage)s

-- name: get
-- Somebody's record, of any garage or of one; with `removed` also what stays of one that is gone.
select employee.*, person.key from employee left join person on person.id = employee.person
where employee.person = %(person)s and (%(garage)s::text is null or employee.garage = %(garage)s)
  and (%(removed)s or removed_at is null)

-- name: hold
-- The same, which nobody else may change meanwhile.
select employee.*, person.key from employee left join person on person.id = employee.person
where employee.person = %(person)s and (%(garage)s::text is null or employee.garage = %(garage)s)
  and removed_at is null
for update of employee

-- name: change
-- What it says from now on.
update employee
set version = version + 1, salary = %(salary)s, bank_account = %(bank_account)s, pan = %(pan)s,
    aadhaar = %(aadhaar)s, mark = %(mark)s, changed_at = %(at)s, changed_by = %(by)s
where person = %(person)s
returning *, (select key from person where id = employee.person) as key

-- name: remove
-- Nothing that was sealed stays: only that there was a record, until when, and who removed it.
update employee
set version = version + 1, salary = null, bank_account = null, pan = null, aadhaar = null,
    mark = %(mark)s, changed_at = %(at)s, changed_by = %(by)s, removed_at = %(at)s
where person = %(person)s
returning *, (select key from person where id = employee.person) as key

-- name: page
-- Records in the order of ids, of any garage or of one.
select employee.*, person.key from employee left join person on person.id = employee.person
where (%(garage)s::text is null or employee.garage = %(garage)s)
  and employee.person > coalesce(%(after)s, '') and removed_at is null
order by employee.person limit %(first)s
