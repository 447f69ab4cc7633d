-- Ordinary changes that wait for the next batch: each thing once, since its first change.
create table waiting_change (
    entity text primary key,
    version integer not null,
    since timestamptz not null
);

create index waiting_change_since on waiting_change (since);
