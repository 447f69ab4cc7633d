// name: claim
// Take or make the nodes and hold their locks, then read: whoever comes second waits here and sees
// the first one's version. A node that this made has version 0.
UNWIND $ids AS id
MERGE (c:FailureCard {id: id})
ON CREATE SET c.version = 0
SET c.lock = true
WITH c REMOVE c.lock
RETURN c.id AS id, c.version AS version, c.status AS status, c.import_hash AS import_hash,
       c.created_at AS created_at

// name: hold
// As claim, for a card that must be there.
MATCH (c:FailureCard {id: $id})
SET c.lock = true
WITH c REMOVE c.lock
RETURN c.version AS version

// name: body
// One stored version, to compare a repeated write with.
MATCH (v:CardVersion {card: $id, n: $n}) USING INDEX SEEK v:CardVersion(card, n)
RETURN v.body AS body

// name: save
// The node as it is now, and its version as it will always be. New words have no vector yet: the
// label says so until `embed` takes it away, in this transaction or a later one.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.id}) USING INDEX SEEK c:FailureCard(id)
FOREACH (_ IN CASE WHEN c.wording_hash = row.properties.wording_hash THEN [] ELSE [1] END |
  SET c:Unembedded)
SET c += row.properties
REMOVE c:Findable:Public
FOREACH (_ IN CASE WHEN row.findable THEN [true] ELSE [] END | SET c:Findable)
FOREACH (_ IN CASE WHEN row.public THEN [true] ELSE [] END | SET c:Public)
CREATE (c)-[:HAD]->(:CardVersion {
  card: row.id, n: row.version, body: row.body, by: row.by, at: row.at, schema: row.schema
})

// name: count
// A new card's counters; later only events move them.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.id}) USING INDEX SEEK c:FailureCard(id)
SET c += row.usage

// name: embed
// The vector, stored compactly, with the name of the model that made it.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.id}) USING INDEX SEEK c:FailureCard(id)
WHERE c.version = row.version
REMOVE c:Unembedded
SET c.embedding_model = row.model
WITH c, row
CALL db.create.setNodeVectorProperty(c, 'embedding_SIZE', row.vector)

// name: outdate
// Cards whose vector another model made: it is not searched, and wants to be made again.
MATCH (c:FailureCard)
WHERE c.embedding_model <> $model
SET c:Unembedded

// name: cut
// The edges of the version before.
UNWIND $ids AS id
MATCH (c:FailureCard {id: id}) USING INDEX SEEK c:FailureCard(id)
MATCH (c)-[r:SHOWS|REPORTS|AFFECTS|CAUSED_BY|APPLIES_TO|USES|CITES|MERGED_INTO
  |VISIBLE_TO|AUTHORED_BY|VERIFIED_BY|DISCOVERED_AT|FOUNDED_ON]->()
DELETE r

// name: cut_parts
// The nodes that belonged to the version before and to nothing else.
UNWIND $ids AS id
MATCH (c:FailureCard {id: id}) USING INDEX SEEK c:FailureCard(id)
MATCH (c)-[:HAS_STEP|READS|EVIDENCED_BY]->(part)
DETACH DELETE part

// name: counters
// The counters of some cards, held until the transaction ends.
UNWIND $ids AS id
MATCH (c:FailureCard {id: id}) USING INDEX SEEK c:FailureCard(id)
SET c.lock = true
WITH c REMOVE c.lock
RETURN c.id AS id, c{.times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
  .estimated_minutes, .last_used} AS usage

// name: recount
// Counters as they are now, and what follows from them.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.id}) USING INDEX SEEK c:FailureCard(id)
SET c += row.usage
