-- Keys of machines. Of a secret only its SHA-256 is kept; `garages` null means every garage.
create table api_key (
    id text primary key,
    prefix text not null unique,
    digest bytea not null,
    partner text not null,
    name text not null,
    scopes text[] not null,
    garages text[],
    rung text not null,
    made_by text not null,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_by text,
    last_used_at timestamptz,
    last_addresses text[] not null default '{}'
);

create index api_key_partner on api_key (partner, id);

-- Every process hears of a new or revoked key at once; that one was used is nobody's news.
create trigger api_key_wakes after insert or update of revoked_at on api_key
for each statement execute function wake('api_keys');
