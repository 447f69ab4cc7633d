-- Every deed once, in the fields of AD-15: added to, never changed (records/audit_trail.py).
create table deed (
    audit_id text primary key,
    timestamp timestamptz not null,
    event_type text not null check (event_type in (
        'user.login', 'user.logout', 'user.permission_change',
        'ticket.create', 'ticket.update', 'ticket.delete',
        'failure_card.create', 'failure_card.verify', 'invoice.create', 'invoice.void',
        'employee.salary_view', 'employee.pii_access', 'report.export', 'settings.change')),
    user_id text,
    user_role text,
    garage_id text,
    ip_address text,
    user_agent text check (length(user_agent) <= 200),
    resource_type text not null,
    resource_id text,
    action text not null,
    old_value text,
    new_value text,
    result text not null check (result in ('done', 'refused', 'failed')),
    -- Made with a key that the database does not have; of rows from before there was one, empty.
    seal bytea not null
);

create index deed_order on deed (timestamp, audit_id);
create index deed_user on deed (user_id, timestamp, audit_id);
create index deed_garage on deed (garage_id, timestamp, audit_id);
create index deed_resource on deed (resource_id, timestamp, audit_id);

-- The one chain over deeds and money alike: link n holds the digest of one row and follows from link
-- n - 1. The sealer writes it soon after the row, so that nobody who writes a deed waits for it.
create table audit_link (
    n bigint primary key,
    source text not null check (source in ('deed', 'money')),
    key text not null,
    digest bytea not null,
    hash bytea not null,
    mac bytea not null,
    unique (source, key)
);

-- What is to be sealed next, in the order in which it came.
create table audit_waiting (
    arrived bigint generated always as identity primary key,
    source text not null,
    key text not null
);

-- Events of before are no deeds: the chain answers for what the change log held from here on.
create table audit_start (seq bigint not null);
insert into audit_start select seq from change_log_head;

create function await_deed_seal() returns trigger language plpgsql as $$
begin
    insert into audit_waiting (source, key)
    select 'deed', audit_id from added order by timestamp, audit_id;
    return null;
end $$;

create trigger waits after insert on deed
    referencing new table as added for each statement execute function await_deed_seal();

create function await_money_seal() returns trigger language plpgsql as $$
begin
    insert into audit_waiting (source, key)
    select 'money', garage || '@' || n from added order by garage, n;
    return null;
end $$;

create trigger waits after insert on money_event
    referencing new table as added for each statement execute function await_money_seal();

create trigger audit_waiting_wakes after insert on audit_waiting
    for each statement execute function wake('deeds');

-- What the books wrote before there was one chain.
insert into audit_waiting (source, key)
select 'money', garage || '@' || n from money_event order by at, garage, n;

-- Who verified which card, from the trail of before and from what nobody had heard of yet.
insert into deed
select id, at, type, actor, null, garage, null, null, 'failure_card', entity, 'verify', null,
       json_build_object('version', version)::text, result, ''::bytea
from audit_event
union
select id, at, 'failure_card.verify', actor, null, garage, null, null, 'failure_card', entity,
       'verify', null, json_build_object('version', version)::text, 'done', ''::bytea
from change_log where type = 'failure_card.verified'
on conflict (audit_id) do nothing;
drop table audit_event;
delete from cursor_of where consumer = 'auditing';
delete from handling where consumer = 'auditing';

-- An invoice's saga may be ended by another process: it knows where the request came from.
alter table saga add column client text, add column agent text;

-- One hint for all that stays as it was written: bills, deeds, alarms.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'what is issued never changes: % on %', tg_op, tg_table_name
        using errcode = 'restrict_violation',
              hint = 'It stays as it is written. Of a bill: write a credit note, a refund or a void instead.';
end $$;

select keep_forever('deed');
select keep_forever('audit_link');
select keep_forever('audit_start');

-- The role for whoever writes deeds and owns no table: it adds, and changes nothing.
do $$
begin
    if not exists (select from pg_roles where rolname = 'battwheels_audit') then
        create role battwheels_audit nologin;
    end if;
    grant select, insert on deed to battwheels_audit;
    grant insert on audit_waiting to battwheels_audit;
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant insert on deed, audit_waiting to battwheels_billing;
    end if;
exception when insufficient_privilege then
    raise notice 'the role battwheels_audit is for whoever may create roles to make';
end $$;
