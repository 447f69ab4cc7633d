// Each statement writes one kind of edge for many cards. A vocabulary entry that is not known yet is
// made and marked, so that it waits for review and is never dropped.

// name: shows
// CA-5: symptoms, by their vocabulary code.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (s:Symptom {code: row.code}) ON CREATE SET s.awaits_review = true
CREATE (c)-[:SHOWS]->(s)

// name: reports
// CA-7: the code's key carries its make, so E401 of one is not E401 of another.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (e:ErrorCode {key: row.key})
ON CREATE SET e.code = row.code, e.scope = row.scope, e.awaits_review = true
CREATE (c)-[:REPORTS]->(e)

// name: affects
// CA-8: the component; its subsystem is further up PART_OF.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (k:Component {id: row.id}) ON CREATE SET k.awaits_review = true
CREATE (c)-[:AFFECTS]->(k)

// name: caused_by
// CA-16: cards that share a cause meet at its node.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (k:Cause {key: row.key}) ON CREATE SET k.text = row.text
CREATE (c)-[:CAUSED_BY {rank: row.rank}]->(k)

// name: applies_to
// CA-4: one edge for each model and model year.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (m:Make {key: row.model.make_key}) ON CREATE SET m.name = row.model.make
MERGE (v:VehicleModel {id: row.model.id}) ON CREATE SET v += row.model
MERGE (v)-[:MADE_BY]->(m)
CREATE (c)-[:APPLIES_TO {firmware: row.firmware}]->(v)

// name: applies_to_make
// A vehicle of which only the make is known.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (m:Make {key: row.key}) ON CREATE SET m.name = row.name
CREATE (c)-[:APPLIES_TO]->(m)

// name: uses
// CA-22: parts with their quantity; prices live with the money.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (p:Part {id: row.id}) ON CREATE SET p.awaits_review = true
CREATE (c)-[:USES {quantity: row.quantity}]->(p)

// name: has_step
// CA-21: steps in their order.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
CREATE (c)-[:HAS_STEP {n: row.n}]->
  (:Step {action: row.action, minutes: row.minutes, tools: row.tools, safety: row.safety})

// name: reads
// CA-15: readings are nodes of their own, so that a value can be asked for by range.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
CREATE (c)-[:READS]->(:Reading {name: row.name, value: row.value, unit: row.unit})

// name: evidenced_by
// CA-13, CA-14: files by their key in the object store and the hash of their bytes.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
CREATE (c)-[:EVIDENCED_BY]->(:Evidence {kind: row.kind, key: row.key, sha256: row.sha256})

// name: cites
// CA-18: the cards that the reasoning rests on, where they are known.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MATCH (o:FailureCard {id: row.id}) USING INDEX SEEK o:FailureCard(id)
CREATE (c)-[:CITES]->(o)

// name: merged_into
// The card that took this one's place.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MATCH (o:FailureCard {id: row.id}) USING INDEX SEEK o:FailureCard(id)
CREATE (c)-[:MERGED_INTO]->(o)

// name: visible_to_garage
// CA-33: a card that names places is there for nobody else.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (g:Garage {id: row.id})
CREATE (c)-[:VISIBLE_TO]->(g)

// name: visible_to_region
// CA-33, for all garages of a region.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (r:Region {name: row.name})
CREATE (c)-[:VISIBLE_TO]->(r)

// name: authored_by
// CA-30: who wrote it; an id, never a name.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (t:Technician {id: row.id})
CREATE (c)-[:AUTHORED_BY]->(t)

// name: verified_by
// CA-19: who confirmed it, and when.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (t:Technician {id: row.id})
CREATE (c)-[:VERIFIED_BY {at: row.at}]->(t)

// name: discovered_at
// CA-30: where it was found; the place is kept on the card, since a garage may move.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MERGE (g:Garage {id: row.id})
CREATE (c)-[:DISCOVERED_AT]->(g)
SET c.origin = coalesce(c.origin, g.location)

// name: founded_on
// CA-30: the ticket it was learned from, where the graph holds it.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.card}) USING INDEX SEEK c:FailureCard(id)
MATCH (t:Ticket {id: row.id}) USING INDEX SEEK t:Ticket(id)
CREATE (c)-[:FOUNDED_ON]->(t)
