-- What each operation id was used for and what was answered, so that a repeated request is harmless.
create table operation (
    id uuid not null,
    actor text not null,
    body_hash text not null,
    answer jsonb,
    begun_at timestamptz not null default now(),
    primary key (actor, id)
);

create index operation_begun_at on operation (begun_at);
