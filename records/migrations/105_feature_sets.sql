-- Files of features as they were written: what a training read can be named and checked (ML-3).
create table feature_set (
    at timestamptz primary key,
    cards integer not null,
    file text not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    written_at timestamptz not null default now()
);
