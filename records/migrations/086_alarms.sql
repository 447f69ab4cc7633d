-- What a person was to look at: raised once by the deed that was too many, told once (AD-17 to AD-20).
create table alarm (
    id text primary key,
    kind text not null,
    subject text not null,
    at timestamptz not null,
    deed text not null,
    garage text,
    count integer not null,
    raised_at timestamptz not null default now()
);

create index alarm_subject on alarm (kind, subject, at);

-- What became of it: no row while nobody was told. A letter that is asked for again has the same id.
create table alarm_told (
    alarm text primary key references alarm,
    state text not null check (state in ('sent', 'kept', 'refused')),
    at timestamptz not null
);

select keep_forever('alarm');
select keep_forever('alarm_told');

-- How far the chain has been looked at.
create table alarm_position (only_row boolean primary key default true check (only_row), n bigint not null);
