-- People who sign in by another service (OpenID Connect). Its name for somebody is kept as a mark.
-- One name for each person and service: an e-mail address that is handed on to somebody else there
-- does not open the account of who had it before.
create table provider_identity (
    mark bytea primary key,
    person text not null references person,
    issuer text not null,
    linked_at timestamptz not null,
    unique (person, issuer)
);

comment on column provider_identity.mark is 'personal: person';

-- Sign-ins by another service that have ended: each is good once. `person`: who came in by it.
create table oidc_flow (
    id uuid primary key,
    operation uuid not null,
    person text references person,
    ended_at timestamptz not null
);

create index oidc_flow_age on oidc_flow (ended_at);
