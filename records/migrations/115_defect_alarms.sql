-- Emerging defects that were told of: one row for a cohort and component, however often the watch comes
-- to it. `since` is the first repair of the run, `at` the one that was too many, `tickets` the run.
create table defect_alarm (
    id text primary key,
    make text not null,
    supplier text,
    battery_batch text,
    firmware text,
    climate text,
    component text not null,
    since timestamptz not null,
    at timestamptz not null,
    tickets text[] not null,
    failures integer not null,
    visits integer not null,
    expected double precision not null,
    evidence double precision not null,
    synthetic boolean not null,
    found_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by text,
    closed_at timestamptz,
    closed_by text
);

create index defect_alarm_newest on defect_alarm (at, id);

-- Fixes that stopped working with a change: a card is marked once for each, also after the mark was taken off.
create table lapsed_fix (
    card text not null,
    kind text not null check (kind in ('firmware', 'part')),
    make text not null,
    value text not null,
    at timestamptz not null,
    held integer not null,
    uses integer not null,
    held_since integer not null,
    uses_since integer not null,
    found_at timestamptz not null,
    primary key (card, kind, make, value)
);

-- What waits for a person is not always a card: `other` names what else it is about.
alter table review alter column card drop not null;
alter table review drop constraint review_kind_check;
alter table review add constraint review_kind_check
    check (kind in ('alert', 'draft', 'merge', 'improvement', 'recheck', 'defect'));
