-- What a use took is what the newest version of its ticket says, whichever was heard first: `version` is
-- that of the ticket, and `told` their sum over a card, which grows when a use is told anew.
-- How many repairs somebody had done before follows from the rows, not from the order they came in.
alter table card_effect add column version integer not null default 0, drop column repairs;
alter table card_usage add column told bigint not null default 0;

create or replace view card_usage_recounted as
select card,
       count(*) as effects,
       count(*) filter (where effect = 'shown')::integer as matched,
       count(*) filter (where effect = 'used')::integer as used,
       count(*) filter (where worked)::integer as successes,
       count(*) filter (where not worked)::integer as failures,
       coalesce(sum(minutes), 0)::integer as actual_minutes,
       coalesce(sum(estimated), 0)::integer as estimated_minutes,
       max(at) filter (where effect = 'used') as last_used,
       sum(version)::bigint as told
from card_effect
group by card;

drop index card_effect_person;
create index card_effect_person on card_effect (person, at, id) where effect = 'used';

-- A closing says with which card the repair ended and what the customer thinks: the last word of these
-- stands. A row stays for a card that it no longer speaks of, so what a card has heard never shrinks.
alter table aftermath add column version integer not null default 0,
    add column stands boolean not null default true,
    drop constraint aftermath_pkey,
    add constraint aftermath_once unique nulls not distinct (ticket, closed_at, card);
