-- What each resolved repair was to the network's knowledge, with all that the decision rests on. A
-- resolution that is told of twice is decided once; parts, steps and evidence hold ids and numbers.
create table repair_analysis (
    ticket text not null,
    version integer not null,
    event text not null,
    decision text not null check (decision in ('novel', 'confirms', 'improves', 'unsolved')),
    card text,
    followed text,
    worked boolean not null,
    minutes integer not null,
    estimated integer not null,
    parts jsonb not null,
    steps integer not null,
    parts_precision double precision,
    parts_recall double precision,
    time_ratio double precision,
    evidence jsonb not null,
    technician text not null,
    garage text not null,
    at timestamptz not null,
    primary key (ticket, version)
);

create index repair_analysis_card on repair_analysis (card);

-- Which card speaks for a signature: taken before a card is founded, so that two repairs of one failure
-- at one moment found one card.
create table signature_owner (
    key text primary key,
    card text not null
);

-- What waits for a person's eye: one entry of a kind for one version of a card.
create table review (
    id text primary key,
    kind text not null check (kind in ('alert', 'draft', 'merge', 'improvement', 'recheck')),
    card text not null,
    version integer not null,
    reason text not null,
    garage text,
    ticket text,
    other text,
    at timestamptz not null,
    closed_at timestamptz,
    closed_by text,
    unique nulls not distinct (kind, card, version, other)
);

create index review_open on review (id) where closed_at is null;
create index review_of_card on review (card) where closed_at is null;
