-- What garages that work offline leave behind: how far each has come, and the edits that may meet.
create table garage_cursor (
    garage text primary key,
    seq bigint not null,
    moved_at timestamptz not null default now()
);

-- Proposals for one version of a card, so that any order of arrival comes to the same vote.
create table card_edit (
    card text not null,
    base integer not null,
    source text not null,
    weight double precision not null,
    fields jsonb not null,
    primary key (card, base, source)
);
