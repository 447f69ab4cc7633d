// name: leave
// The outbox: an event is there exactly when the write beside it is.
UNWIND $rows AS row
MERGE (e:Event {id: row.id})
ON CREATE SET e += row

// name: pending
// The oldest first, each thing's events in the order of its versions. An event that another relay
// deletes between the index and the read comes without its properties, and is left out.
MATCH (e:Event)
WHERE e.at IS NOT NULL
WITH e ORDER BY e.at LIMIT $limit
WITH e{.id, .type, .entity, .version, .at, .actor, .garage, .trace, .schema} AS event
WHERE event.id IS NOT NULL AND event.type IS NOT NULL
WITH event ORDER BY event.at, event.version, event.id
RETURN collect(event) AS found

// name: forget
// What the change log holds is not kept twice.
UNWIND $ids AS id
MATCH (e:Event {id: id})
DELETE e
