// name: register_bay
// A bay stays in the garage that named it first.
MERGE (b:Bay {id: $id})
ON CREATE SET b.garage_id = $garage, b.booked = 0
MERGE (g:Garage {id: b.garage_id})
MERGE (b)-[:STANDS_IN]->(g)
RETURN b.garage_id AS garage_id

// name: bay
// One bay.
OPTIONAL MATCH (b:Bay {id: $id})
RETURN collect(b{.id, .garage_id}) AS found

// name: lock_bay
// Writing the count holds the bay until the booking ends: the bay first, then the technician.
MATCH (b:Bay {id: $id})
SET b.booked = coalesce(b.booked, 0) + 1

// name: lock_technician
// The second lock, always after the bay's.
MATCH (p:Technician {id: $id})
SET p.booked = coalesce(p.booked, 0) + 1

// name: lock_ticket
// The last lock: a ticket takes no new job while another books it.
MATCH (t:Ticket {id: $id})
SET t.lock = true
REMOVE t.lock

// name: job
// One job as it stands; what was cancelled is no job any more.
OPTIONAL MATCH (j:Job {id: $id}) WHERE j.cancelled_by IS NULL
RETURN collect(j{.*}) AS found

// name: gone
// What was cancelled is not booked again by whoever did not hear that it had been booked.
MATCH (j:Job {id: $id}) WHERE j.cancelled_by IS NOT NULL
RETURN j.id AS id

// name: in_the_way_on_bay
// Jobs [start, end) on the same bay that overlap; asked under the locks.
MATCH (j:Job)-[:ON]->(:Bay {id: $bay})
WHERE j.id <> $id AND j.start < $end AND j.end > $start
RETURN j.id AS id ORDER BY j.start LIMIT 1

// name: in_the_way_of_technician
// The same for the technician.
MATCH (j:Job)-[:BY]->(:Technician {id: $technician})
WHERE j.id <> $id AND j.start < $end AND j.end > $start
RETURN j.id AS id ORDER BY j.start LIMIT 1

// name: save
// The job as it is now; bay, technician and ticket stay those that it was booked for.
MATCH (b:Bay {id: $properties.bay_id})
MATCH (p:Technician {id: $properties.technician_id})
MATCH (t:Ticket {id: $properties.ticket_id})
MERGE (j:Job {id: $properties.id})
SET j += $properties
MERGE (j)-[:ON]->(b)
MERGE (j)-[:BY]->(p)
MERGE (j)-[:FOR]->(t)

// name: cancel
// What is cancelled takes nobody's time. Its id stays, with the mark of the operation: whoever lost
// the answer and asks again hears that it is done.
MATCH (j:Job {id: $id})
OPTIONAL MATCH (j)-[r:ON|BY|FOR]->()
DELETE r
WITH DISTINCT j
SET j = {id: $id, cancelled_by: $mark}

// name: cancelled
// Whether this operation cancelled the job.
OPTIONAL MATCH (j:Job {id: $id}) WHERE j.cancelled_by = $mark
RETURN collect(j.id) AS found

// name: day
// The jobs of a garage that take up some of a while; none is longer than a day.
MATCH (j:Job)
WHERE j.garage_id = $garage AND j.start >= $earliest AND j.start < $end AND j.end > $start
WITH j ORDER BY j.start, j.id
RETURN collect(j{.*}) AS found
