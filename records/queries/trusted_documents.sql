-- name: register
-- A document of a partner; once more, what is known of it by now stands in place of what was.
insert into trusted_document
    (partner, id, name, text, kind, objects, deprecated, scopes, registered_by, registered_at)
values (%(partner)s, %(id)s, %(name)s, %(text)s, %(kind)s, %(objects)s, %(deprecated)s,
    %(scopes)s, %(registered_by)s, %(registered_at)s)
on conflict (partner, id) do update
set objects = excluded.objects, deprecated = excluded.deprecated, scopes = excluded.scopes

-- name: remove
-- Those of a partner's documents that are named are registered no longer.
delete from trusted_document where partner = %(partner)s and id = any(%(ids)s)

-- name: hold_partner
-- One at a time registers or removes documents of a partner.
select pg_advisory_xact_lock(711931, hashtext(%(partner)s))

-- name: count
-- How many documents a partner has.
select count(*) as n from trusted_document where partner = %(partner)s

-- name: count_named
-- How many of these documents a partner has.
select count(*) as n from trusted_document where partner = %(partner)s and id = any(%(ids)s)

-- name: named
-- Those of a partner's documents that are named.
select * from trusted_document where partner = %(partner)s and id = any(%(ids)s)

-- name: page
-- The documents of a partner, by id.
select * from trusted_document
where partner = %(partner)s and (%(after)s::text is null or id > %(after)s)
order by id limit %(first)s

-- name: text
-- The text of one document of a partner.
select text from trusted_document where partner = %(partner)s and id = %(id)s

-- name: holders
-- Who has these documents by now: a process that holds them serves them to nobody else.
select partner, id from trusted_document where id = any(%(ids)s)

-- name: newest
-- The newest texts that are not held yet, for a process that reads them before they are asked.
select partner, id, text from trusted_document
where not id = any(%(held)s)
order by registered_at desc limit %(first)s
