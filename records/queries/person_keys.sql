-- name: keyless
-- People of before each person had a key; whom another process is at is left to it.
select id from person where key is null and erased_at is null
order by id limit %(most)s for update skip locked

-- name: keep
-- The key of somebody who had none.
update person set key = %(key)s where id = %(person)s and key is null

-- name: own_values
-- What is sealed of somebody in one column, which is held.
select {row}::text as row, {column} as value from {table}
where {person} = %(person)s and {column} is not null for update
