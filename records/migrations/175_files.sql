-- Files that people hand in: what was announced, and once it came, what is kept. A file's own key is
-- sealed; without it its bytes are noise, so an erased file is one whose key is gone.
create table stored_file (
    id text primary key,
    garage text not null,
    owner text not null,
    state text not null check (state in ('asked', 'stored', 'removed')),
    asked_type text not null,
    asked_length bigint not null check (asked_length > 0),
    asked_sha256 text not null,
    asked_at timestamptz not null,
    waits_until timestamptz not null,
    type text,
    length bigint,
    sha256 text,
    small_length bigint not null default 0,
    width integer,
    height integer,
    stored_at timestamptz,
    key bytea,
    ticket text,
    vehicle text,
    removed_at timestamptz,
    removed_by text,
    check (state = 'asked' or (type is not null and length is not null and sha256 is not null
        and stored_at is not null)),
    check (state = 'removed' or key is not null),
    check ((state = 'removed') = (removed_at is not null))
);

create index stored_file_garage on stored_file (garage) where state <> 'removed';
create index stored_file_ticket on stored_file (ticket) where ticket is not null;
create index stored_file_vehicle on stored_file (vehicle) where vehicle is not null;
create index stored_file_removed on stored_file (removed_at) where state = 'removed';
create index stored_file_asked on stored_file (waits_until) where state = 'asked';

comment on column stored_file.key is 'personal: file';
