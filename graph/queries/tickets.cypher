// name: EDGES
// Symptoms with how sure the reading is, codes, whose bench it is on, and which cards were tried and
// how it went; what failed stays, it is knowledge too. For a new ticket also where it was raised, and
// its vehicle (what a report does not say of a known vehicle stays), held until the commit. Edges are created, not merged:
// there is none of a new ticket, `cut` took those of the version before, and a MERGE would hold the
// garage, and with it every other ticket of the garage, until the commit.
FOREACH (garage IN $garages |
  MERGE (g:Garage {id: garage})
  CREATE (t)-[:RAISED_AT]->(g))
FOREACH (vehicle IN $vehicles |
  MERGE (v:Vehicle {id: vehicle.id})
  SET v.lock = true,
      v.firmware = coalesce(vehicle.firmware, v.firmware),
      v.odometer_km = coalesce(vehicle.odometer_km, v.odometer_km),
      v.battery_cycles = coalesce(vehicle.battery_cycles, v.battery_cycles)
  REMOVE v.lock
  CREATE (t)-[:ON]->(v))
FOREACH (row IN $symptoms |
  MERGE (s:Symptom {code: row.code}) ON CREATE SET s.awaits_review = true
  CREATE (t)-[:SHOWS {confidence: row.confidence}]->(s))
FOREACH (row IN $codes |
  MERGE (e:ErrorCode {key: row.key})
  ON CREATE SET e.code = row.code, e.scope = row.scope, e.awaits_review = true
  CREATE (t)-[:REPORTS]->(e))
FOREACH (assignee IN $assignees |
  MERGE (p:Technician {id: assignee})
  CREATE (t)-[:ASSIGNED_TO]->(p))
WITH t
CALL (t) {
  UNWIND $tried AS row
  MATCH (c:FailureCard {id: row.card})
  CREATE (t)-[:TRIED {worked: row.worked, at: row.at, minutes: row.minutes, parts: row.parts}]->(c)
}

// name: open
// A new ticket, whole, in one statement that commits itself: thousands a minute pay for each trip.
// The vehicle's model follows where it is known, then the vector of the text, then the events
// (as `leave` of events.cypher leaves them). Where the id is taken, all of it fails; that of a deleted
// ticket opens nothing, and gives nothing back.
WITH $id AS id WHERE NOT EXISTS { (:DeletedTicket {id: id}) }
CREATE (t:Ticket {id: id})
SET t += $properties
EDGES
CALL (t) {
  UNWIND $models AS model
  MATCH (t)-[:ON]->(v:Vehicle)
  OPTIONAL MATCH (v)-[old:OF_MODEL]->(other:VehicleModel) WHERE other.id <> model.id
  DELETE old
  WITH DISTINCT v, model
  MERGE (k:Make {key: model.make_key}) ON CREATE SET k.name = model.make
  MERGE (m:VehicleModel {id: model.id}) ON CREATE SET m += model
  MERGE (m)-[:MADE_BY]->(k)
  MERGE (v)-[:OF_MODEL]->(m)
}
CALL (t) {
  UNWIND $vectors AS vector
  CALL db.create.setNodeVectorProperty(t, 'embedding_SIZE', vector)
}
CALL (t) {
  UNWIND $events AS row
  MERGE (e:Event {id: row.id})
  ON CREATE SET e += row, e.left_at = datetime.realtime()
}
RETURN t.id AS id

// name: cancel_jobs
// A vehicle whose ticket is deleted takes nobody's time; as `cancel` of jobs leaves them.
MATCH (j:Job)-[:FOR]->(:Ticket {id: $id})
OPTIONAL MATCH (j)-[r:ON|BY|FOR]->()
DELETE r
WITH DISTINCT j
SET j = {id: j.id, cancelled_by: $mark}

// name: forget_vehicle
// A vehicle that nobody named has a node of this ticket alone.
MATCH (:Ticket {id: $id})-[:ON]->(v:Vehicle {id: $vehicle})
DETACH DELETE v

// name: bury
// The node stays under another label, which no query looks for, with nothing that anybody wrote.
MATCH (t:Ticket {id: $id})
OPTIONAL MATCH (t)-[r]-()
DELETE r
WITH DISTINCT t
REMOVE t:Ticket
SET t:DeletedTicket, t = $tombstone

// name: tombstones
// Deleted tickets of the actor: those that they could have seen.
MATCH (t:DeletedTicket)
WHERE t.id IN $ids
  AND ($all OR (t.garage_id = $garage AND ($assignee IS NULL OR t.assignee_id = $assignee)))
RETURN collect(t{.*}) AS found

// name: hold
// Hold the ticket's lock, then read what is stored.
MATCH (t:Ticket {id: $id})
SET t.lock = true
WITH t REMOVE t.lock
RETURN t.version AS version, t.body AS body

// name: save
// The ticket as it is now.
MATCH (t:Ticket {id: $id})
SET t += $properties
EDGES

// name: cut
// The edges of the version before.
MATCH (:Ticket {id: $id})-[r:SHOWS|REPORTS|ASSIGNED_TO|TRIED]->()
DELETE r

// name: match_state
// Where the search for cards stands: its own property, since it moves beside the versions.
MATCH (t:Ticket {id: $id})
SET t.matching = $matching
RETURN t.id AS id

// name: unshow
// What was suggested before.
MATCH (:Ticket {id: $id})-[r:SHOWN]->()
DELETE r

// name: show
// What was suggested, in which order, by whom.
MATCH (t:Ticket {id: $id})
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card})
CREATE (t)-[r:SHOWN]->(c)
SET r = row{.rank, .score, .ranker, .at, .standing, .sentence, .chance, .language, .reasons}

// name: shown
// What was suggested for each of these tickets, the first rank first.
MATCH (t:Ticket)-[r:SHOWN]->(c:FailureCard)
WHERE t.id IN $ids
WITH t.id AS ticket, c.id AS card, r ORDER BY ticket, r.rank
RETURN collect(r{.rank, .score, .ranker, .at, .standing, .sentence, .chance, .language, .reasons,
  ticket: ticket, card: card}) AS found

// name: many
// Tickets of the actor: all, those of a garage, or those on one technician's bench.
MATCH (t:Ticket)
WHERE t.id IN $ids
  AND ($all OR (t.garage_id = $garage AND ($assignee IS NULL OR t.assignee_id = $assignee)))
RETURN collect(t{.body, .matching}) AS found

// name: opened_at
// When the ticket of a cursor was opened: pages go by the server's time, whatever the ids are.
MATCH (t:Ticket {id: $id})
RETURN collect(t.opened_at) AS found

// name: page_all
// For an actor of all garages, the newest first; read in the order of the index.
MATCH (t:Ticket) USING INDEX SEEK t:Ticket(opened_at)
WHERE t.opened_at <= $newest AND (t.opened_at < $newest OR t.id < $before)
  AND ($status IS NULL OR t.status = $status)
  AND ($severity IS NULL OR t.severity = $severity)
WITH t ORDER BY t.opened_at DESC, t.id DESC LIMIT $first
RETURN collect(t{.body, .matching}) AS found

// name: page_garage
// For an actor of one garage.
MATCH (t:Ticket) USING INDEX SEEK t:Ticket(garage_id, opened_at)
WHERE t.garage_id = $garage
  AND t.opened_at <= $newest AND (t.opened_at < $newest OR t.id < $before)
  AND ($status IS NULL OR t.status = $status)
  AND ($severity IS NULL OR t.severity = $severity)
WITH t ORDER BY t.garage_id DESC, t.opened_at DESC, t.id DESC LIMIT $first
RETURN collect(t{.body, .matching}) AS found

// name: page_bench
// For a technician: what is assigned to them in their garage.
MATCH (t:Ticket) USING INDEX SEEK t:Ticket(assignee_id, opened_at)
WHERE t.assignee_id = $assignee AND t.garage_id = $garage
  AND t.opened_at <= $newest AND (t.opened_at < $newest OR t.id < $before)
  AND ($status IS NULL OR t.status = $status)
  AND ($severity IS NULL OR t.severity = $severity)
WITH t ORDER BY t.assignee_id DESC, t.opened_at DESC, t.id DESC LIMIT $first
RETURN collect(t{.body, .matching}) AS found

// name: page_within
// DB-2: what one garage opened in a span of time, for whoever may see it: no other garage is touched.
// `until` lies just behind the moment of the cursor, if there is one.
MATCH (t:Ticket) USING INDEX SEEK t:Ticket(garage_id, opened_at)
WHERE t.garage_id = $place AND t.opened_at >= $since AND t.opened_at < $until
  AND (t.opened_at <> $newest OR t.id < $before)
  AND ($status IS NULL OR t.status = $status)
  AND ($severity IS NULL OR t.severity = $severity)
  AND ($all OR (t.garage_id = $garage AND ($assignee IS NULL OR t.assignee_id = $assignee)))
WITH t ORDER BY t.garage_id DESC, t.opened_at DESC, t.id DESC LIMIT $first
RETURN collect(t{.body, .matching}) AS found

// name: of_vehicles
// The newest repairs of each of these vehicles in the garage that keeps it, as far as the actor may see them.
UNWIND $vehicles AS wanted
CALL (wanted) {
  MATCH (:Vehicle {id: wanted.id})<-[:ON]-(t:Ticket)
  WHERE t.garage_id = wanted.garage
    AND ($all OR (t.garage_id = $garage AND ($assignee IS NULL OR t.assignee_id = $assignee)))
  WITH t ORDER BY t.opened_at DESC, t.id DESC LIMIT $first
  RETURN collect(t{.body, .matching}) AS tickets
}
RETURN collect({vehicle: wanted.id, tickets: tickets}) AS found

// name: by_garage
// DB-3: how many tickets each garage opened in a span of time, and how many of them are resolved.
MATCH (t:Ticket) USING INDEX SEEK t:Ticket(opened_at)
WHERE t.opened_at >= $since AND t.opened_at < $until
  AND ($all OR (t.garage_id = $garage AND $assignee IS NULL))
WITH t.garage_id AS garage, count(t) AS opened, count(t.resolved_at) AS resolved
OPTIONAL MATCH (g:Garage {id: garage})
WITH garage, opened, resolved, g.region AS region ORDER BY garage
RETURN collect({garage: garage, region: region, opened: opened, resolved: resolved}) AS found

// name: closed_on
// Closed tickets of one vehicle in one garage: a failure may have come back after one of them.
MATCH (:Vehicle {id: $vehicle})<-[:ON]-(t:Ticket)
WHERE t.garage_id = $garage AND t.closed_at IS NOT NULL
WITH t ORDER BY t.id
RETURN collect(t{.body, .matching}) AS found
