-- Months' returns that are made beside the service, a part at a time: who goes on after a process that
-- was killed begins where it ended. They go when nobody fetched them for long enough (retention).
create table return_export (
    id text primary key,
    garage text not null,
    -- By its GSTIN.
    seller text not null,
    -- Whose papers it tells of: all garages of the GSTIN, or one of them.
    garages text[] not null,
    month date not null,
    asked_at timestamptz not null,
    asked_by text not null,
    -- How often somebody set about it.
    tries integer not null default 0,
    papers integer,
    done integer not null default 0,
    -- Of the papers and of which are void: parts of others are no parts of this return.
    digest bytea,
    refused_field text,
    refused_reason text,
    finished_at timestamptz,
    archive bytea
);
create index return_export_waiting on return_export (tries, asked_at) where finished_at is null;
create index return_export_age on return_export (finished_at);
comment on column return_export.archive is 'personal: gstin';

create table return_part (
    id text primary key,
    export text not null references return_export on delete cascade,
    n integer not null,
    papers integer not null,
    last text not null,
    sealed bytea not null
);
create index return_part_of on return_part (export, n);
comment on column return_part.sealed is 'personal: gstin';

create trigger return_export_wakes after insert on return_export
for each statement execute function wake('return_exports');
