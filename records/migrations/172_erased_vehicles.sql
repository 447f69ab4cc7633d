-- A vehicle may be erased by itself, if it has no owner: when, so that a copy of the database that brings it
-- back is told of. Whoever says anew what it is keeps another vehicle under its id.
alter table customer_vehicle add column erased_at timestamptz;
