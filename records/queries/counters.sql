-- name: count
-- Adds the effects that are new, tells anew those of which a later version of the ticket says more, and
-- moves the kept fold by the difference alone, in one statement. Cards are taken in their order, so that
-- two at once wait for each other and never in a ring.
with told as (
    select distinct on (id) * from jsonb_to_recordset(%(effects)s::jsonb) as t(
        id text, ticket text, card text, effect text, garage text, at timestamptz, person text,
        worked boolean, minutes integer, estimated integer, version integer)
    order by id, version desc
), moved as (
    insert into card_effect (id, ticket, card, effect, garage, at, person, worked, minutes,
                             estimated, version)
    select * from told order by id
    on conflict (id) do update
    set at = excluded.at, person = excluded.person, minutes = excluded.minutes,
        estimated = excluded.estimated, version = excluded.version
    where card_effect.version < excluded.version
      and (card_effect.at, card_effect.person, card_effect.minutes)
          is distinct from (excluded.at, excluded.person, excluded.minutes)
    returning new.card, new.effect, new.worked, new.at, old.id is null as added,
              new.minutes - coalesce(old.minutes, 0) as minutes,
              new.estimated - coalesce(old.estimated, 0) as estimated,
              new.version - coalesce(old.version, 0) as told
)
insert into card_usage (card, effects, matched, used, successes, failures, actual_minutes,
                        estimated_minutes, last_used, told)
select card, count(*) filter (where added),
       count(*) filter (where added and effect = 'shown'),
       count(*) filter (where added and effect = 'used'),
       count(*) filter (where added and worked), count(*) filter (where added and not worked),
       sum(minutes), sum(estimated), max(at) filter (where effect = 'used'), sum(told)
from moved group by card order by card
on conflict (card) do update set
    effects = card_usage.effects + excluded.effects,
    matched = card_usage.matched + excluded.matched,
    used = card_usage.used + excluded.used,
    successes = card_usage.successes + excluded.successes,
    failures = card_usage.failures + excluded.failures,
    actual_minutes = card_usage.actual_minutes + excluded.actual_minutes,
    estimated_minutes = card_usage.estimated_minutes + excluded.estimated_minutes,
    last_used = greatest(card_usage.last_used, excluded.last_used),
    told = card_usage.told + excluded.told
returning card

-- name: last_used
-- When these cards, which the caller has just moved, were used last: a use that is told anew may turn
-- out to be older.
update card_usage
set last_used = (select max(at) from card_effect e
                 where e.card = card_usage.card and e.effect = 'used')
where card = any(%(cards)s)

-- name: forget
-- Takes back what a deleted ticket moved, row by row, and gives the cards that hear less of now. What
-- somebody says of it later is left out (migration 083).
with noted as (
    insert into forgotten_ticket (ticket) values (%(ticket)s) on conflict do nothing
), gone as (
    delete from card_effect where ticket = %(ticket)s
    returning card, effect, worked, minutes, estimated, version
), moved as (
    select card, count(*) as effects, count(*) filter (where effect = 'shown') as matched,
           count(*) filter (where effect = 'used') as used,
           count(*) filter (where worked) as successes,
           count(*) filter (where not worked) as failures,
           sum(minutes) as minutes, sum(estimated) as estimated, sum(version) as told
    from gone group by card
), taken as (
    update card_usage as kept set
        effects = kept.effects - moved.effects, matched = kept.matched - moved.matched,
        used = kept.used - moved.used, successes = kept.successes - moved.successes,
        failures = kept.failures - moved.failures,
        actual_minutes = kept.actual_minutes - moved.minutes,
        estimated_minutes = kept.estimated_minutes - moved.estimated,
        told = kept.told - moved.told
    from moved where kept.card = moved.card
), unsaid as (
    delete from feedback where ticket = %(ticket)s returning card, version
), unfollowed as (
    delete from aftermath where ticket = %(ticket)s returning card, held, version
), heard as (
    select card, effects + told as heard from moved
    union all select card, version from unsaid
    union all select card, 1 + (not held)::integer + version from unfollowed where card is not null
)
insert into forgotten_hearing (card, heard)
select card, sum(heard) + 1 from heard group by card order by card
on conflict (card) do update set heard = forgotten_hearing.heard + excluded.heard
returning card

-- name: forget_rest
-- What else was said, seen and decided of a deleted ticket.
with unseen as (delete from impression where ticket = %(ticket)s),
     unsaid as (delete from feedback_version where ticket = %(ticket)s),
     undecided as (delete from repair_analysis where ticket = %(ticket)s),
     unnamed as (update review set ticket = null where ticket = %(ticket)s)
delete from ticket_about where ticket = %(ticket)s

-- name: tallies
-- The counters of these cards with their last hundred ratings; `heard` grows with everything counted.
select c.card,
       coalesce(effects, 0) + coalesce(told, 0) + coalesce(said, 0) + coalesce(followed, 0)
           + coalesce(forgotten_hearing.heard, 0) as heard,
       coalesce(matched, 0) as matched,
       coalesce(used, 0) as used, coalesce(successes, 0) as successes,
       coalesce(failures, 0) as failures, coalesce(actual_minutes, 0) as actual_minutes,
       coalesce(estimated_minutes, 0) as estimated_minutes, last_used,
       coalesce(stars, '{}'::integer[]) as stars
from unnest(%(cards)s::text[]) as c(card)
left join card_usage using (card)
left join forgotten_hearing using (card)
left join lateral (
    select sum(version) as said from feedback where feedback.card = c.card
) as voices on true
left join lateral (
    select count(*) + count(*) filter (where not held) + sum(version) as followed
    from aftermath where aftermath.card = c.card
) as aftermaths on true
left join lateral (
    select array_agg(stars::integer order by given_at, ticket, person) as stars
    from (select stars, given_at, ticket, person from feedback where feedback.card = c.card
          order by given_at desc, ticket desc, person desc limit 100) as newest
) as rated on true

-- name: differing
-- Cards whose kept fold is not what their rows say; of which no row is left may count nothing.
select coalesce(k.card, r.card) as card
from card_usage k full join card_usage_recounted r using (card)
where (k.effects, k.matched, k.used, k.successes, k.failures, k.actual_minutes,
       k.estimated_minutes, k.last_used, k.told)
      is distinct from
      (r.effects, r.matched, r.used, r.successes, r.failures, r.actual_minutes,
       r.estimated_minutes, r.last_used, r.told)
  and (r.card is not null
       or (k.effects, k.matched, k.used, k.successes, k.failures, k.actual_minutes,
           k.estimated_minutes, k.told) <> (0, 0, 0, 0, 0, 0, 0, 0)
       or k.last_used is not null)
order by 1

-- name: mend
-- The kept fold, made anew from the rows.
insert into card_usage
select * from card_usage_recounted where card = any(%(cards)s)
on conflict (card) do update set
    effects = excluded.effects, matched = excluded.matched, used = excluded.used,
    successes = excluded.successes, failures = excluded.failures,
    actual_minutes = excluded.actual_minutes, estimated_minutes = excluded.estimated_minutes,
    last_used = excluded.last_used, told = excluded.told

-- name: counted
-- Every card that anything was counted of, in pages.
select card from (
    select card from card_usage union select card from feedback
    union select card from aftermath where card is not null
) as known
where card > %(after)s order by card limit %(limit)s

-- name: observations
-- What the network's people say of a card by deed and by word, the newest first: a try that worked and
-- did not hold counts as one that failed, and every customer is somebody of their own. How many repairs
-- somebody had done before is asked of failures alone: it weighs nothing else.
(select 'outcome' as told, garage, person, held::integer::double precision as value, at,
        case when held then 0 else (
            select count(*)::integer from card_effect before
            where before.effect = 'used' and before.person = uses.person
              and (before.at, before.id) < (uses.at, uses.id)) end as repairs
 from (select id, garage, person, at, worked and not exists (
           select from aftermath where aftermath.ticket = card_effect.ticket
               and not held and closed_at >= at) as held
       from card_effect where card = %(card)s and effect = 'used'
       order by at desc, id desc limit %(limit)s) as uses)
union all
(select 'rating', garage, person, (stars - 1) / 4.0::double precision, changed_at, 0
 from feedback where card = %(card)s order by given_at desc limit %(limit)s)
union all
(select 'rating', garage, 'customer of ' || ticket, (stars - 1) / 4.0::double precision, closed_at, 0
 from aftermath where card = %(card)s and stars is not null and stands
 order by closed_at desc limit %(limit)s)
