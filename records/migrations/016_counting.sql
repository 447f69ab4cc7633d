-- The ledger of a card's counters: one row for one effect, whose id follows from what happened, so that
-- whatever tells of it twice adds one row. The counters of a card are a fold over its rows.
create table card_effect (
    id text primary key,
    ticket text not null,
    card text not null,
    effect text not null check (effect in ('shown', 'used')),
    garage text not null,
    at timestamptz not null,
    person text,
    worked boolean,
    minutes integer not null,
    estimated integer not null,
    repairs integer not null,
    check ((effect = 'used') = (worked is not null and person is not null))
);

create index card_effect_uses on card_effect (card, at desc) where effect = 'used';
create index card_effect_person on card_effect (person) where effect = 'used';

-- The same fold, kept by the transaction that adds a row: `effects` is how many rows it has seen.
create table card_usage (
    card text primary key,
    effects bigint not null,
    matched integer not null,
    used integer not null,
    successes integer not null,
    failures integer not null,
    actual_minutes integer not null,
    estimated_minutes integer not null,
    last_used timestamptz
);

-- The fold made anew, for holding the kept one against it.
create view card_usage_recounted as
select card,
       count(*) as effects,
       count(*) filter (where effect = 'shown')::integer as matched,
       count(*) filter (where effect = 'used')::integer as used,
       count(*) filter (where worked)::integer as successes,
       count(*) filter (where not worked)::integer as failures,
       coalesce(sum(minutes), 0)::integer as actual_minutes,
       coalesce(sum(estimated), 0)::integer as estimated_minutes,
       max(at) filter (where effect = 'used') as last_used
from card_effect
group by card;
