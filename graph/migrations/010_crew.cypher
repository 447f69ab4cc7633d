// The technicians of a garage.
CREATE RANGE INDEX technician_garage IF NOT EXISTS FOR (n:Technician) ON (n.garage_id);
