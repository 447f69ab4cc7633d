-- Garages and people as records: until now a garage was a claim of a token, and nobody could sign in.
create table garage (
    id text primary key,
    name text not null,
    place text not null,
    hours text not null,
    region text,
    off_shift_refused boolean not null default false,
    created_at timestamptz not null default now()
);

-- Name and address are sealed together (`who`); the mark finds an address without opening anything
-- (access/vault.py).
create table person (
    id text primary key,
    who bytea not null,
    email_mark bytea not null unique,
    role text not null
        check (role in ('admin', 'manager', 'technician', 'accountant', 'customer_support')),
    garage text references garage,
    region text,
    department text,
    shift text,
    certification text not null,
    state text not null check (state in ('invited', 'active', 'suspended', 'gone')),
    version integer not null default 1,
    rights integer not null default 1,
    created_at timestamptz not null default now(),
    check (garage is not null or role = 'admin')
);

create index person_of_garage on person (garage, id);

create table password (
    person text primary key references person,
    hash text not null,
    set_at timestamptz not null
);

-- Whoever has the word of an invitation chooses the password; the word itself is not kept.
create table invitation (
    mark bytea primary key,
    person text not null references person,
    expires_at timestamptz not null,
    accepted_at timestamptz
);

create index invitation_of_person on invitation (person);

-- What was asked to be changed, and what was answered: the same operation again is answered the
-- same, and nothing is done twice. It is written with the change itself.
create table people_change (
    actor text not null,
    operation uuid not null,
    body_hash text not null,
    answer jsonb,
    at timestamptz not null default now(),
    primary key (actor, operation)
);

create table session (
    id uuid primary key,
    person text not null references person,
    client text not null check (client in ('browser', 'native')),
    began_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz
);

create index session_of_person on session (person, began_at);

-- Each refresh token is good once; `used_by` says which operation it was used for, so that an
-- answer that was lost can be given again.
create table refresh_token (
    mark bytea primary key,
    session uuid not null references session on delete cascade,
    made_at timestamptz not null,
    used_at timestamptz,
    used_by uuid
);

create index refresh_token_of_session on refresh_token (session);

-- How often somebody tried, by the mark of what they tried: an address of e-mail or of the network.
create table sign_in_try (
    mark bytea primary key,
    tries integer not null,
    last_at timestamptz not null
);

create index sign_in_try_age on sign_in_try (last_at);

comment on column person.who is 'personal: person';
comment on column person.email_mark is 'personal: person';
comment on column sign_in_try.mark is 'personal: person';

-- What ends before its token does. Every process reads it, within a second.
create table revocation (
    seq bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    person text,
    rights integer,
    session uuid
);

create index revocation_age on revocation (at);

-- The public halves of the keys that processes sign with; the private ones never leave them.
create table token_key (
    id text primary key,
    public jsonb not null,
    until timestamptz not null
);

-- Whatever changes somebody's rights, a hand at the console too, revokes the tokens of before.
create function count_rights() returns trigger language plpgsql as $$
begin
    if (new.role, new.garage, new.region, new.department, new.shift, new.state)
        is distinct from (old.role, old.garage, old.region, old.department, old.shift, old.state)
    then
        new.rights := old.rights + 1;
    end if;
    if new.rights <> old.rights then
        insert into revocation (person, rights) values (new.id, new.rights);
    end if;
    return new;
end $$;

create trigger person_rights before update on person
for each row execute function count_rights();

create function end_session() returns trigger language plpgsql as $$
begin
    if new.ended_at is not null and old.ended_at is null then
        insert into revocation (session) values (new.id);
    end if;
    return new;
end $$;

create trigger session_ends before update on session
for each row execute function end_session();

create function hold_to_shift() returns trigger language plpgsql as $$
begin
    if (new.off_shift_refused, new.region) is distinct from (old.off_shift_refused, old.region) then
        update person set rights = rights + 1 where garage = new.id;
    end if;
    return null;
end $$;

create trigger garage_shifts after update on garage
for each row execute function hold_to_shift();

create trigger revocation_wakes after insert on revocation
for each statement execute function wake('revocations');

create trigger token_key_wakes after insert on token_key
for each statement execute function wake('revocations');
