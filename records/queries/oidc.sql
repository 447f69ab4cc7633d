-- name: end_flow
-- A sign-in by another service is good once; nothing comes back when it has ended before.
insert into oidc_flow (id, operation, ended_at) values (%(id)s, %(operation)s, %(now)s)
on conflict (id) do nothing returning id

-- name: came_by
-- Who came in by it under this operation: the answer may have been lost.
select person.* from oidc_flow join person on person.id = oidc_flow.person
where oidc_flow.id = %(id)s and oidc_flow.operation = %(operation)s
for update of person

-- name: keep_comer
-- Who came in by it.
update oidc_flow set person = %(person)s where id = %(id)s

-- name: of_identity
-- Whom the other service means, until the transaction ends.
select person.* from provider_identity join person on person.id = provider_identity.person
where provider_identity.mark = %(mark)s for update of person

-- name: of_email
-- Who has this e-mail address, until the transaction ends.
select * from person where email_mark = %(email)s for update

-- name: is_invited
-- Whether an invitation of somebody waits to be accepted.
select 1 as found from invitation
where person = %(person)s and accepted_at is null and expires_at > %(now)s limit 1

-- name: link
-- Nothing comes back when somebody else is known by this name, or this person by another one.
insert into provider_identity (mark, person, issuer, linked_at)
values (%(mark)s, %(person)s, %(issuer)s, %(now)s)
on conflict do nothing returning mark

-- name: unlink
-- Somebody is not known by any name of another service any more.
delete from provider_identity where person = %(person)s
