-- name: name
-- Whom somebody names from now on.
insert into nominee (person, who, named_at) values (%(person)s, %(who)s, %(now)s)
on conflict (person) do update set who = excluded.who, named_at = excluded.named_at

-- name: take_back
-- They name nobody.
delete from nominee where person = %(person)s

-- name: of_person
-- Whom somebody named, and when.
select who, named_at from nominee where person = %(person)s
