-- name: person
-- When somebody came into the records; nothing for who was erased.
select * from person where id = %(person)s and erased_at is null

-- name: about
-- What is kept of somebody beside their name and duty, each since when; `said` is what can be told of it.
select 'password' as kind, 'password' as field, set_at as since, null as said
from password where person = %(person)s
union all
select 'invitation', 'invitation', expires_at - interval '7 days', 'until ' || expires_at
from invitation where person = %(person)s
union all
select 'session', 'signed in', began_at, client || ', last seen ' || seen_at
from session where person = %(person)s
union all
select 'second factor', 'second factor', enrolled_at, null
from second_factor where person = %(person)s
union all
select 'identity provider', 'known to another service', linked_at, issuer
from provider_identity where person = %(person)s
union all
select 'account letter', 'letter', made_at, occasion || ', ' || coalesce(state, 'waiting')
from account_letter where email_mark = %(mark)s
union all
select 'key of the API', 'key made', made_at, partner || ', ' || name
from api_key where made_by = %(person)s
order by since, kind, field limit %(most)s

-- name: counted
-- What stands under their id alone, since the first of it.
select 'deed' as kind, count(*) as n, min(timestamp) as since from deed where user_id = %(person)s
union all
select 'entry of the books', count(*), min(at) from money_event where actor = %(person)s
