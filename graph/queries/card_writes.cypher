// name: claim
// Take or make the nodes and hold their locks, then read: whoever comes second waits here and sees
// the first one's version. A node that this made has version 0. The id of a deleted card is not taken.
UNWIND $ids AS id
WITH id WHERE NOT EXISTS { (:DeletedCard {id: id}) }
MERGE (c:FailureCard {id: id})
ON CREATE SET c.version = 0
SET c.lock = true
WITH c REMOVE c.lock
RETURN c.id AS id, c.version AS version, c.status AS status, c.import_hash AS import_hash,
       c.undone AS undone, c.created_at AS created_at

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
// label says so until `embed` takes it away, in this transaction or a later one. Whoever writes a new
// version has looked at the card: a mark to check it again is answered.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.id}) USING INDEX SEEK c:FailureCard(id)
FOREACH (_ IN CASE WHEN c.wording_hash = row.properties.wording_hash THEN [] ELSE [1] END |
  SET c:Unembedded)
SET c += row.properties
REMOVE c:Findable:Public
REMOVE c.recheck
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

// name: bury
// The node stays under another label, which no query looks for, tied to its versions alone.
MATCH (c:FailureCard {id: $id})
OPTIONAL MATCH (c)-[r]-() WHERE type(r) <> 'HAD'
DELETE r
WITH DISTINCT c
REMOVE c:FailureCard:Findable:Public:Unembedded
SET c:DeletedCard, c = $tombstone

// name: tally
// Counters as the ledger says them. Whatever hears of more wins: a tally that was read before another
// but arrives after it changes nothing.
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.id}) USING INDEX SEEK c:FailureCard(id)
SET c.lock = true
WITH c, row
REMOVE c.lock
WITH c, row WHERE row.heard >= coalesce(c.heard, 0)
SET c += row.usage, c.heard = row.heard, c.reputation = row.reputation

// name: counted
// The counters as they stand on the nodes, to hold the ledger against.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id IN $ids
WITH c{.id, .times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
  .estimated_minutes, .last_used} AS usage
RETURN collect(usage) AS found

// name: by_signature
// Cards of one signature hash and make, whatever their state but merged: the oldest id first.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(symptom_hash)
WHERE c.symptom_hash = $hash AND c.make = $make AND c.status <> 'merged'
WITH c.id AS id, c.status AS status ORDER BY id LIMIT 20
RETURN collect({id: id, status: status}) AS found

// name: drafts
// Drafts of one make that say what to do, the newest first: what a new draft may be the same as.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(make)
WHERE c.make = $make AND c.status = 'draft' AND c.id <> $id AND EXISTS { (c)-[:HAS_STEP]->() }
WITH c.id AS id ORDER BY id DESC LIMIT $limit
RETURN collect({id: id}) AS found

// name: release
// A firmware release marks the cards of the model that were seen on other firmware, and those whose
// fault or fix is software.
MATCH (m:VehicleModel) USING INDEX SEEK m:VehicleModel(make_key, model_key, year)
WHERE m.make_key = $make AND m.model_key = $model AND m.year >= 0
MATCH (m)<-[a:APPLIES_TO]-(c:FailureCard)
WHERE c.status IN $live AND NOT $firmware IN coalesce(a.firmware, [])
  AND (size(coalesce(a.firmware, [])) > 0 OR c.solution_type = 'firmware_update'
    OR c.failure_mode IN ['software_fault', 'calibration_drift'])
WITH DISTINCT c
SET c.recheck = $reason
RETURN c.id AS id, c.version AS version, c.garage_id AS garage ORDER BY id

// name: supersede
// A part takes the place of another: the cards that use the older one are to be checked.
MATCH (old:Part {id: $old})
MATCH (new:Part {id: $new})
MERGE (new)-[:SUPERSEDES]->(old)
WITH old
MATCH (old)<-[:USES]-(c:FailureCard)
WHERE c.status IN $live
WITH DISTINCT c
SET c.recheck = $reason
RETURN c.id AS id, c.version AS version, c.garage_id AS garage ORDER BY id

// name: lapse
// The repairs say that a card does not hold any more.
MATCH (c:FailureCard {id: $id})
WHERE c.status IN $live
SET c.recheck = $reason
RETURN c.id AS id, c.version AS version, c.garage_id AS garage

// name: checked
// Somebody looked: the card still holds as it stands.
MATCH (c:FailureCard {id: $id})
REMOVE c.recheck
