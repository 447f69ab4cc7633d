-- name: analyse
-- One analysis for one resolution, whoever comes first.
insert into repair_analysis
    (ticket, version, event, decision, card, followed, worked, minutes, estimated, parts, steps,
     parts_precision, parts_recall, time_ratio, evidence, technician, garage, at)
values (%(ticket)s, %(version)s, %(event)s, %(decision)s, %(card)s, %(followed)s, %(worked)s,
        %(minutes)s, %(estimated)s, %(parts)s, %(steps)s, %(parts_precision)s, %(parts_recall)s,
        %(time_ratio)s, %(evidence)s, %(technician)s, %(garage)s, %(at)s)
on conflict (ticket, version) do nothing

-- name: analysis
-- What a resolution was decided to be.
select * from repair_analysis where ticket = %(ticket)s and version = %(version)s

-- name: release
-- A card that was deleted speaks for nothing any more.
delete from signature_owner where card = %(card)s

-- name: claim
-- The card that speaks for a signature: the first that claims it, or one whose owner is out of use.
insert into signature_owner (key, card) values (%(key)s, %(card)s)
on conflict (key) do update
set card = case when signature_owner.card = any(%(gone)s) then excluded.card
                else signature_owner.card end
returning card
