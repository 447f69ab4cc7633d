-- What customers said to being written to, each time they said it: by the mark of the address, so that it
-- holds for every invoice of theirs in that garage, and after what was written to them is gone.
create table consent (
    id uuid primary key,
    garage text not null,
    mark bytea not null,
    purpose text not null check (purpose in ('email', 'whatsapp')),
    given boolean not null,
    at timestamptz not null,
    by_whom text not null
);

create index consent_mark on consent (garage, mark, at desc, id desc);

comment on column consent.mark is 'personal: customer';

select keep_forever('consent');

do $$
begin
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant select, insert on consent to battwheels_billing;
        grant delete on message to battwheels_billing;
    end if;
end $$;
