-- The digest of an hour is counted for each garage, so that a garage reads its own; what happened
-- nowhere in particular, and what was counted before, has none.
alter table hourly_digest add column garage text not null default '';
alter table hourly_digest drop constraint hourly_digest_pkey;
alter table hourly_digest add primary key (hour, garage, type);
