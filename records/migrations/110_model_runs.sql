-- Runs of training (EVL-4). What a run was made of and what the gates said never changes; its state does.
create table model_run (
    id text primary key,
    kind text not null,
    version integer not null,
    state text not null check (state in ('candidate', 'serving', 'retired', 'refused')),
    embedding text,
    data_hash text not null,
    code_commit text not null,
    seed bigint not null,
    parameters text not null,
    figures text not null,
    verdicts text not null,
    artefact text not null,
    compared_with text references model_run,
    trained_at timestamptz not null,
    trained_by text not null,
    synthetic boolean not null
);

create index model_run_kind on model_run (kind, id desc);

-- Of a kind one serves.
create unique index model_run_serving on model_run (kind) where state = 'serving';

-- Which model served when, and by whose word; the last line of a kind is the one that serves.
create table model_turn (
    n bigint generated always as identity primary key,
    kind text not null,
    run text references model_run,
    replaced text references model_run,
    rolled_back boolean not null,
    operation text not null unique,
    by text not null,
    at timestamptz not null
);

create index model_turn_run on model_turn (run, n desc);

-- Every process hears at once that another model serves.
create trigger model_turn_wakes after insert on model_turn
for each statement execute function wake('models');
