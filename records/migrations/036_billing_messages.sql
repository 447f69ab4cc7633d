-- What customers were told, or are to be told by hand: to whom and in which words is sealed.
create table message (
    id text primary key,
    garage text not null,
    invoice text not null,
    occasion text not null,
    channel text not null check (channel in ('email', 'whatsapp')),
    state text not null check (state in ('sent', 'kept', 'refused')),
    at timestamptz not null,
    sealed bytea not null
);

create index message_invoice on message (invoice, at);

-- Nobody is told of what happened before there was anybody to tell it.
insert into cursor_of (consumer, seq) select 'telling', seq from change_log_head
on conflict (consumer) do nothing;

do $$
begin
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant select, insert on message to battwheels_billing;
    end if;
end $$;
