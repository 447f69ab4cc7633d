-- A second factor beside the password: a secret that a telephone makes codes from (RFC 6238), sealed.
create table second_factor (
    person text primary key references person,
    secret bytea not null,
    enrolled_at timestamptz not null,
    -- The last half minute whose code was used: that code and all before it are good no more.
    last_step bigint not null
);

-- What lets somebody in whose telephone is gone, each once; only a keyed mark of it is kept.
create table recovery_code (
    mark bytea primary key,
    person text not null references second_factor on delete cascade,
    used_at timestamptz
);

create index recovery_code_of_person on recovery_code (person);

-- Whoever said the right password and still owes a code: `enrols` has no second factor yet, and the
-- code shows that the telephone has the secret now. `used_by` is the mark of what used it, whose
-- answer may have been lost.
create table sign_in_challenge (
    mark bytea primary key,
    person text not null references person,
    enrols boolean not null,
    expires_at timestamptz not null,
    used_by bytea
);

create index sign_in_challenge_of_person on sign_in_challenge (person);

-- Whether a session began with a second factor: who is to have one refreshes no other.
alter table session add column second_factor boolean not null default false;

comment on column second_factor.secret is 'personal: second factor';
