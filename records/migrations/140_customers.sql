-- Customers of a garage: who they are is sealed in one value, and found by marks of which nothing can be read.
-- Of a customer who was erased there stays that there was one, so that what names the id finds nobody.
create table customer (
    id text primary key,
    garage text not null,
    version integer not null,
    who bytea not null,
    name_marks bytea[] not null,
    phone_mark bytea,
    gstin_mark bytea,
    changed_at timestamptz not null,
    changed_by text not null,
    erased_at timestamptz,
    check (erased_at is null
           or (length(who) = 0 and cardinality(name_marks) = 0 and coalesce(phone_mark, gstin_mark) is null))
);

-- The newest first, garage by garage and of all.
create index customer_garage on customer (garage, id desc) where erased_at is null;
create index customer_phone on customer (phone_mark, id desc) where phone_mark is not null;
create index customer_gstin on customer (gstin_mark, id desc) where gstin_mark is not null;
-- A mark is of one garage, so that this alone finds the garage's names.
create index customer_name on customer using gin (name_marks) with (fastupdate = off);

comment on column customer.who is 'personal: customer';
comment on column customer.name_marks is 'personal: customer';
comment on column customer.phone_mark is 'personal: customer';
comment on column customer.gstin_mark is 'personal: gstin';

-- That a garage keeps somebody as a customer, or says anew who they are, is a deed.
alter table deed drop constraint deed_event_type_check;
alter table deed add constraint deed_event_type_check check (event_type in (
    'user.login', 'user.logout', 'user.permission_change', 'user.credential_change',
    'user.correct', 'user.erase', 'customer.change',
    'ticket.create', 'ticket.update', 'ticket.delete',
    'failure_card.create', 'failure_card.verify', 'invoice.create', 'invoice.void',
    'employee.salary_view', 'employee.pii_access', 'report.export', 'settings.change'));
