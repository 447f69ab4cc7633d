-- name: add
-- The file of a moment; the same moment again is the file that was written last.
insert into feature_set (at, cards, file, sha256)
values (%(at)s, %(cards)s, %(file)s, %(sha256)s)
on conflict (at) do update set
    cards = excluded.cards, file = excluded.file, sha256 = excluded.sha256, written_at = now()

-- name: newest
-- The features as they were known last at a moment.
select at, cards, file, sha256 from feature_set where at <= %(moment)s order by at desc limit 1
