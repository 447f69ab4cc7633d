-- Events of Postgres writes: here exactly when the write beside them is, until the change log has them.
create table outbox (
    id text primary key,
    type text not null,
    entity text not null,
    version integer not null,
    at timestamptz not null,
    actor text not null,
    garage text,
    trace text,
    schema integer not null
);

create index outbox_order on outbox (at, version, id);
