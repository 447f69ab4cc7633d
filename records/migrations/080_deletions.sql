-- What was heard of cards on tickets that were deleted since: it counts for nothing any more, but
-- of two tallies of a card the one that heard more is still the later.
create table forgotten_hearing (
    card text primary key,
    heard bigint not null
);

-- A draft that somebody threw away: its customer and terms are gone, and its version goes on if another
-- one takes its place.
alter table invoice_draft
    add column deleted_at timestamptz,
    add column deleted_by text;
