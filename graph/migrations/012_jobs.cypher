// Bays and the jobs that are booked on them.
CREATE CONSTRAINT job_id IF NOT EXISTS FOR (n:Job) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT bay_id IF NOT EXISTS FOR (n:Bay) REQUIRE n.id IS UNIQUE;
CREATE RANGE INDEX bay_garage IF NOT EXISTS FOR (n:Bay) ON (n.garage_id);
CREATE RANGE INDEX job_day IF NOT EXISTS FOR (n:Job) ON (n.garage_id, n.start);
