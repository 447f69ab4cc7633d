-- What a ticket's invoice is to say, until it is issued. It may change: nothing of it is in the books.
create table invoice_draft (
    ticket text primary key,
    garage text not null,
    version integer not null,
    terms jsonb not null,
    buyer bytea,
    changed_at timestamptz not null,
    changed_by text not null
);

create index invoice_draft_garage on invoice_draft (garage, ticket);

do $$
begin
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant select, insert, update on invoice_draft to battwheels_billing;
    end if;
end $$;
