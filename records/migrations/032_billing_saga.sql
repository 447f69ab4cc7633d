-- An invoice on its way from a ticket: what was asked, by whom, and where it stands.
create table saga (
    id uuid primary key,
    garage text not null,
    ticket text not null,
    operation uuid not null,
    body_hash text not null,
    asked jsonb not null,
    buyer bytea not null,
    actor text not null,
    role text not null,
    at timestamptz not null,
    state text not null check (state in ('running', 'done', 'undoing', 'undone')),
    reason text,
    unique (garage, operation)
);

create index saga_unfinished on saga (at) where state in ('running', 'undoing');

-- What each step gave, so that whoever goes on need not do it again.
create table saga_step (
    saga uuid not null references saga,
    step text not null,
    at timestamptz not null,
    gave jsonb not null,
    primary key (saga, step)
);

-- Who works on a ticket's invoice, and until when nobody else may.
create table ticket_lease (
    ticket text primary key,
    saga uuid not null references saga,
    until timestamptz not null
);
