-- What a log of a battery tells in figures, and what tells that a file's bytes are gone for good.
alter table stored_file add column battery_log jsonb;
alter table stored_file add column gone_at timestamptz;
create index stored_file_going on stored_file (removed_at) where state = 'removed' and gone_at is null;
