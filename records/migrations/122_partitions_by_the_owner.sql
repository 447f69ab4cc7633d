-- The role that serves owns no table, and still makes the month's partitions: as their owner, and
-- these two alone. Neither looks up a name where somebody else may have put one.
alter function make_partition(text, date) security definer set search_path = public, pg_temp;
alter function make_partitions(date, integer) security definer set search_path = public, pg_temp;
revoke execute on function make_partition(text, date) from public;
