-- What a garage goes by is changed at a version; what the network goes by is one row.
alter table garage add column version integer not null default 1;

create table network_setting (
    only_row boolean primary key default true check (only_row),
    version integer not null,
    message_days integer not null check (message_days between 30 and 3650),
    usual_hours text not null,
    changed_at timestamptz not null,
    changed_by text not null
);
