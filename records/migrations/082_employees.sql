-- What a garage keeps of somebody who works there, sealed. Of a removed record only that there was one stays.
create table employee (
    person text primary key,
    garage text not null,
    version integer not null,
    salary bytea,
    bank_account bytea,
    pan bytea,
    aadhaar bytea,
    mark text not null,
    changed_at timestamptz not null,
    changed_by text not null,
    removed_at timestamptz,
    check (removed_at is null or coalesce(salary, bank_account, pan, aadhaar) is null)
);

create index employee_garage on employee (garage, person);

comment on column employee.salary is 'personal: salary';
comment on column employee.bank_account is 'personal: bank account';
comment on column employee.pan is 'personal: pan';
comment on column employee.aadhaar is 'personal: aadhaar';
