-- name: count
-- Adds the effects that are new and moves the kept fold by those alone, in one statement. Cards are
-- taken in their order, so that two at once wait for each other and never in a ring.
with told as (
    select * from jsonb_to_recordset(%(effects)s::jsonb) as t(
        id text, ticket text, card text, effect text, garage text, at timestamptz, person text,
        worked boolean, minutes integer, estimated integer)
), added as (
    insert into card_effect (id, ticket, card, effect, garage, at, person, worked, minutes,
                             estimated, repairs)
    select told.*, (select count(*) from card_effect e
                    where e.effect = 'used' and e.person = told.person)
    from told order by id
    on conflict (id) do nothing
    returning *
)
insert into card_usage
select card, count(*),
       count(*) filter (where effect = 'shown'), count(*) filter (where effect = 'used'),
       count(*) filter (where worked), count(*) filter (where not worked),
       sum(minutes), sum(estimated), max(at) filter (where effect = 'used')
from added group by card order by card
on conflict (card) do update set
    effects = card_usage.effects + excluded.effects,
    matched = card_usage.matched + excluded.matched,
    used = card_usage.used + excluded.used,
    successes = card_usage.successes + excluded.successes,
    failures = card_usage.failures + excluded.failures,
    actual_minutes = card_usage.actual_minutes + excluded.actual_minutes,
    estimated_minutes = card_usage.estimated_minutes + excluded.estimated_minutes,
    last_used = greatest(card_usage.last_used, excluded.last_used)

-- name: tallies
-- The counters of these cards with their last hundred ratings; `heard` grows with everything counted.
select c.card, coalesce(effects, 0) + coalesce(said, 0) + coalesce(followed, 0) as heard,
       coalesce(matched, 0) as matched,
       coalesce(used, 0) as used, coalesce(successes, 0) as successes,
       coalesce(failures, 0) as failures, coalesce(actual_minutes, 0) as actual_minutes,
       coalesce(estimated_minutes, 0) as estimated_minutes, last_used,
       coalesce(stars, '{}'::integer[]) as stars
from unnest(%(cards)s::text[]) as c(card)
left join card_usage using (card)
left join lateral (
    select sum(version) as said from feedback where feedback.card = c.card
) as voices on true
left join lateral (
    select count(*) + count(*) filter (where not held) as followed
    from aftermath where aftermath.card = c.card
) as aftermaths on true
left join lateral (
    select array_agg(stars::integer order by given_at, ticket, person) as stars
    from (select stars, given_at, ticket, person from feedback where feedback.card = c.card
          order by given_at desc, ticket desc, person desc limit 100) as newest
) as rated on true

-- name: differing
-- Cards whose kept fold is not what their rows say.
select coalesce(k.card, r.card) as card
from card_usage k full join card_usage_recounted r using (card)
where (k.effects, k.matched, k.used, k.successes, k.failures, k.actual_minutes,
       k.estimated_minutes, k.last_used)
      is distinct from
      (r.effects, r.matched, r.used, r.successes, r.failures, r.actual_minutes,
       r.estimated_minutes, r.last_used)
order by 1

-- name: mend
-- The kept fold, made anew from the rows.
insert into card_usage
select * from card_usage_recounted where card = any(%(cards)s)
on conflict (card) do update set
    effects = excluded.effects, matched = excluded.matched, used = excluded.used,
    successes = excluded.successes, failures = excluded.failures,
    actual_minutes = excluded.actual_minutes, estimated_minutes = excluded.estimated_minutes,
    last_used = excluded.last_used

-- name: counted
-- Every card that anything was counted of, in pages.
select card from (
    select card from card_usage union select card from feedback
    union select card from aftermath where card is not null
) as known
where card > %(after)s order by card limit %(limit)s

-- name: observations
-- What the network's people say of a card by deed and by word, the newest first: a try that worked and
-- did not hold counts as one that failed, and every customer is somebody of their own.
(select 'outcome' as told, garage, person,
        (worked and not exists (
            select from aftermath where aftermath.ticket = card_effect.ticket
                and not held and closed_at >= at))::integer::double precision as value, at, repairs
 from card_effect where card = %(card)s and effect = 'used' order by at desc limit %(limit)s)
union all
(select 'rating', garage, person, (stars - 1) / 4.0::double precision, changed_at, 0
 from feedback where card = %(card)s order by given_at desc limit %(limit)s)
union all
(select 'rating', garage, 'customer of ' || ticket, (stars - 1) / 4.0::double precision, closed_at, 0
 from aftermath where card = %(card)s and stars is not null order by closed_at desc limit %(limit)s)
