-- The one order of the world: every event of every store, once, numbered in the order of commit.
create table change_log (
    seq bigint primary key,
    id text not null unique,
    type text not null,
    entity text not null,
    version integer not null,
    at timestamptz not null,
    actor text not null,
    garage text,
    trace text,
    schema integer not null,
    logged_at timestamptz not null default now()
);

create index change_log_entity on change_log (entity, seq desc);

-- A locked row rather than a sequence: a reader that has seen number n has seen every number below it.
create table change_log_head (
    only_row boolean primary key default true check (only_row),
    seq bigint not null
);

insert into change_log_head (seq) values (0);
