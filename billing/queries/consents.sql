-- name: keep
-- A word of a customer; the same operation again is the same word.
insert into consent (id, garage, mark, purpose, given, at, by_whom)
values (%(id)s, %(garage)s, %(mark)s, %(purpose)s, %(given)s, %(at)s, %(by)s)
on conflict (id) do nothing

-- name: last
-- The last word from an address.
select given from consent where garage = %(garage)s and mark = %(mark)s
order by at desc, id desc limit 1

-- name: of_marks
-- All words from some addresses, the oldest first.
select purpose, given, at from consent where garage = %(garage)s and mark = any(%(marks)s)
order by at, id
