-- Passkeys (WebAuthn): of each the public key alone, so that nothing here signs anybody in. What its
-- owner calls it is sealed, since people put names into it.
create table passkey (
    id uuid primary key,
    person text not null references person,
    credential bytea not null unique,
    public_key bytea not null,
    sign_count bigint not null,
    backed_up boolean not null,
    name bytea not null,
    made_at timestamptz not null,
    last_used_at timestamptz
);

create index passkey_of_person on passkey (person, id);

comment on column passkey.name is 'personal: person';

-- Challenges that were answered: each is good once, for the operation that answered it.
create table passkey_challenge (
    id uuid primary key,
    operation uuid not null,
    answered_at timestamptz not null
);

create index passkey_challenge_age on passkey_challenge (answered_at);
