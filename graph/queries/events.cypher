// name: leave
// The outbox: an event is there exactly when the write beside it is. When it was left is told by
// the server's clock while the thing is locked: the order of commit of each thing's changes.
UNWIND $rows AS row
MERGE (e:Event {id: row.id})
ON CREATE SET e += row, e.left_at = datetime.realtime()

// name: pending
// In the order in which they were left, each thing's events in the order of its versions. An event that another relay
// deletes between the index and the read comes without its properties, and is left out.
MATCH (e:Event)
WHERE e.left_at IS NOT NULL
WITH e ORDER BY e.left_at LIMIT $limit
WITH e{.left_at, .id, .type, .entity, .version, .at, .actor, .garage, .trace, .schema,
         .deed} AS event
WHERE event.id IS NOT NULL AND event.type IS NOT NULL
WITH event ORDER BY event.left_at, event.version, event.id
RETURN collect(event) AS found

// name: forget
// What the change log holds is not kept twice.
UNWIND $ids AS id
MATCH (e:Event {id: id})
DELETE e
