-- What people say of a card after a repair: one for each repair and person, with every earlier version.
-- Comments and corrections are people's own words: they leave these two tables for nowhere else.
create table feedback (
    ticket text not null,
    person text not null,
    garage text not null,
    card text not null,
    stars smallint not null check (stars between 1 and 5),
    comment text not null,
    correction text not null,
    version integer not null,
    given_at timestamptz not null,
    changed_at timestamptz not null,
    primary key (ticket, person)
);

create index feedback_of_card on feedback (card, given_at desc);

create table feedback_version (
    ticket text not null,
    person text not null,
    version integer not null,
    card text not null,
    stars smallint not null,
    comment text not null,
    correction text not null,
    changed_at timestamptz not null,
    primary key (ticket, person, version)
);

-- What somebody did with a card that was suggested to them: one row however often it is sent, capped.
create table impression (
    ticket text not null,
    person text not null,
    card text not null,
    garage text not null,
    clicks smallint not null check (clicks between 0 and 20),
    dwell_ms integer not null check (dwell_ms between 0 and 1800000),
    place smallint check (place between 1 and 5),
    seen_at timestamptz not null,
    primary key (ticket, person, card)
);

-- What a ticket was about, for adding up by vehicle and by symptom.
create table ticket_about (
    ticket text primary key,
    make text,
    model text,
    symptoms text[] not null
);
