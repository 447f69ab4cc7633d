-- name: leave
-- A letter to be sent; the same id twice is one letter.
insert into account_letter (id, occasion, email_mark, word_of, made_at, expires_at, due_at)
values (%(id)s, %(occasion)s, %(email_mark)s, %(word_of)s, %(made_at)s, %(expires_at)s, %(made_at)s)
on conflict (id) do nothing

-- name: take
-- The letter that is due first; whoever takes it has it to themselves until then.
update account_letter set due_at = %(until)s
where id = (
    select id from account_letter where state is null and due_at <= %(now)s
    order by due_at, id limit 1 for update skip locked)
returning id, occasion, email_mark, word_of, made_at, expires_at

-- name: settle
-- What became of it.
update account_letter set state = %(state)s where id = %(id)s and state is null

-- name: add_reset
-- The word of a reset, by its mark; the same again is the same one.
insert into password_reset (mark, email_mark, expires_at)
values (%(mark)s, %(email_mark)s, %(expires_at)s)
on conflict (mark) do nothing

-- name: reset
-- A word of a reset and whose it is; nothing for the word of nobody.
select reset.expires_at, reset.used_at, reset.used_by, person.*
from password_reset as reset join person using (email_mark) where reset.mark = %(mark)s

-- name: use_reset
-- It is good once; nothing comes back when it was used.
update password_reset set used_at = %(at)s, used_by = %(used_by)s
where mark = %(mark)s and used_at is null returning mark

-- name: end_resets
-- Every other word of the same person is over with it.
update password_reset set used_at = %(at)s where email_mark = %(email_mark)s and used_at is null
