-- Everything said or shown of a card on a ticket, one row each.
create view told_of_card as
select ticket, card, stars::integer as stars, null::boolean as worked,
       0 as minutes, 0 as estimated, 0 as clicks, 0 as dwell_ms
from feedback
union all
select ticket, card, null, worked, minutes, estimated, 0, 0
from card_effect where effect = 'used'
union all
select ticket, card, null, null, 0, 0, clicks, dwell_ms
from impression;

create view feedback_by_card as
select card,
       count(stars) as ratings, avg(stars)::double precision as mean_stars,
       count(worked) as uses, count(*) filter (where worked) as worked,
       sum(minutes) as minutes, sum(estimated) as estimated,
       sum(clicks) as clicks, sum(dwell_ms) as dwell_ms
from told_of_card
group by card;

create view feedback_by_vehicle as
select make, model,
       count(stars) as ratings, avg(stars)::double precision as mean_stars,
       count(worked) as uses, count(*) filter (where worked) as worked,
       sum(minutes) as minutes, sum(estimated) as estimated,
       sum(clicks) as clicks, sum(dwell_ms) as dwell_ms
from told_of_card join ticket_about using (ticket)
where make is not null
group by make, model;

create view feedback_by_symptom as
select symptom,
       count(stars) as ratings, avg(stars)::double precision as mean_stars,
       count(worked) as uses, count(*) filter (where worked) as worked,
       sum(minutes) as minutes, sum(estimated) as estimated,
       sum(clicks) as clicks, sum(dwell_ms) as dwell_ms
from told_of_card join ticket_about using (ticket)
cross join lateral unnest(symptoms) as symptom
group by symptom;
