-- Whom somebody named to act for them when they no longer can: one person, sealed with their own key.
create table nominee (
    person text primary key references person,
    who bytea not null,
    named_at timestamptz not null
);

comment on column nominee.who is 'personal: person';
