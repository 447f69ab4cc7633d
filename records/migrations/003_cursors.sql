-- How far each consumer of the change log has come.
create table cursor_of (
    consumer text primary key,
    seq bigint not null,
    moved_at timestamptz not null default now()
);
