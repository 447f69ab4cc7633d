-- name: open
-- One entry of a kind for one version of a card, also after it was closed; one that a person closed
-- because the card still holds waits again once there is another reason to doubt it.
insert into review (id, kind, card, version, reason, garage, ticket, other, at)
values (%(id)s, %(kind)s, %(card)s, %(version)s, %(reason)s, %(garage)s, %(ticket)s, %(other)s,
        %(at)s)
on conflict (kind, card, version, other) do update
set reason = excluded.reason, at = excluded.at, closed_at = null, closed_by = null
where review.kind = 'recheck' and review.closed_at is not null and review.reason <> excluded.reason
returning id

-- name: page
-- What waits in a garage, the oldest first, behind an entry: read by the index from there on. Behind an entry
-- that is not there nothing follows.
select * from review
where closed_at is null and garage = %(garage)s
  and (at, id) > (case when %(after)s::text is null then '-infinity'::timestamptz
                  else (select at from review where id = %(after)s) end, coalesce(%(after)s::text, ''))
  and (%(kind)s::text is null or kind = %(kind)s)
order by at, id limit %(first)s

-- name: page_of_all
-- The same of every garage, and of none.
select * from review
where closed_at is null
  and (at, id) > (case when %(after)s::text is null then '-infinity'::timestamptz
                  else (select at from review where id = %(after)s) end, coalesce(%(after)s::text, ''))
  and (%(kind)s::text is null or kind = %(kind)s)
order by at, id limit %(first)s

-- name: entry
-- One entry, for whoever may see it.
select * from review where id = %(id)s and (%(everything)s or garage = %(garage)s)

-- name: close
-- Closed once; nothing comes back when it was before.
update review set closed_at = %(at)s, closed_by = %(by)s
where id = %(id)s and closed_at is null returning id

-- name: settle
-- What a card's own change of state answers.
update review set closed_at = %(at)s, closed_by = %(by)s
where card = %(card)s and kind = any(%(kinds)s) and closed_at is null and version <= %(version)s
