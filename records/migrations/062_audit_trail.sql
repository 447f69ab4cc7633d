-- What people did that they answer for, once each, for years: the change log is trimmed, this is not.
create table audit_event (
    id text primary key,
    type text not null,
    at timestamptz not null,
    actor text not null,
    garage text,
    entity text not null,
    version integer not null,
    result text not null,
    trace text,
    kept_at timestamptz not null default now()
);

create index audit_event_entity on audit_event (entity, at, id);
create index audit_event_order on audit_event (at, id);

select keep_forever('audit_event');
