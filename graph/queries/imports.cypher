// name: begin_import
// A run that brings a file in; what it writes is tied to it.
MERGE (i:Import {id: $id})
SET i.kind = $kind, i.source = $source, i.at = $at, i.state = 'begun'

// name: end_import
// It ran to its end; whoever wrote nothing leaves nothing behind.
MATCH (i:Import {id: $id})
SET i.state = 'done', i.created = $created, i.changed = $changed, i.entries = $entries

// name: forget_import
// It wrote nothing.
MATCH (i:Import {id: $id})
WHERE NOT EXISTS { (i)-[:WROTE]->() } AND NOT EXISTS { (i)-[:SAID]->() }
DELETE i

// name: wrote
// The cards that an import wrote, with the version before (0: it was new) and what the import before
// had said of it.
MATCH (i:Import {id: $import})
UNWIND $rows AS row
MATCH (c:FailureCard {id: row.id}) USING INDEX SEEK c:FailureCard(id)
CREATE (i)-[:WROTE {before: row.before, after: row.after, hash: row.hash}]->(c)

// name: said
// Entries of the vocabulary as they were before an import wrote them (nothing: new), and as it did.
MATCH (i:Import {id: $import})
UNWIND $rows AS row
CREATE (i)-[:SAID]->(:ImportedEntry {kind: row.kind, key: row.key, before: row.before, after: row.after})

// name: list_imports
// The latest first.
MATCH (i:Import)
WITH i ORDER BY i.at DESC, i.id DESC LIMIT $limit
RETURN collect(i{.id, .kind, .source, .at, .state, .created, .changed, .entries}) AS found

// name: one_import
// One import by its id.
MATCH (i:Import {id: $id})
RETURN collect(i{.id, .kind, .source, .at, .state, .created, .changed, .entries}) AS found

// name: written_cards
// What stands of the cards of an import that are not taken back yet: the version now, and who wrote it.
MATCH (:Import {id: $id})-[w:WROTE]->(c:FailureCard)
WHERE NOT coalesce(w.undone, false)
OPTIONAL MATCH (v:CardVersion {card: c.id, n: c.version})
OPTIONAL MATCH (later:Import)-[l:WROTE {after: c.version}]->(c) WHERE later.id <> $id
WITH c, w, v, later ORDER BY c.id
RETURN collect({id: c.id, before: w.before, after: w.after, hash: w.hash, version: c.version,
  by: v.by, later: later.id}) AS found

// name: versions_of
// Stored bodies of versions, by card and number.
UNWIND $rows AS row
MATCH (v:CardVersion {card: row.id, n: row.n}) USING INDEX SEEK v:CardVersion(card, n)
RETURN v.card AS id, v.n AS n, v.body AS body

// name: known_cards
// Cards that a file tells again, as they stand, with what the last import said of each.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id IN $ids AND c.version > 0
MATCH (v:CardVersion {card: c.id, n: c.version})
WITH collect({id: c.id, version: c.version, status: c.status, import_hash: c.import_hash, undone: c.undone,
  created_at: c.created_at, body: v.body}) AS found
RETURN found

// name: deleted_cards
// Those of a file's cards that somebody deleted.
MATCH (c:DeletedCard) USING INDEX SEEK c:DeletedCard(id)
WHERE c.id IN $ids
RETURN collect(c.id) AS found

// name: taken_back
// These cards are as they were before the import: as the import before it left them, if one did.
UNWIND $rows AS row
MATCH (:Import {id: $import})-[w:WROTE {after: row.after}]->(c:FailureCard {id: row.id})
SET w.undone = true, c.import_hash = row.hash, c.undone = row.undone
WITH c, row
MATCH (:Import)-[earlier:WROTE {after: row.before}]->(c)
SET earlier.after = row.version

// name: imported_entries
// What an import wrote into the vocabulary.
MATCH (:Import {id: $id})-[:SAID]->(e:ImportedEntry)
WITH e ORDER BY e.kind, e.key
RETURN collect(e{.kind, .key, .before, .after}) AS found

// name: undo_import
// All of it is taken back.
MATCH (i:Import {id: $id})
SET i.state = 'undone'

// name: drop_vehicles
// Models that only the import knew: nothing points at them.
UNWIND $keys AS key
MATCH (n:VehicleModel {id: key})
WHERE NOT EXISTS { (n)<--() }
DETACH DELETE n

// name: drop_suppliers
// Suppliers that only the import knew.
UNWIND $keys AS key
MATCH (n:Supplier {id: key})
WHERE NOT EXISTS { (n)<--() }
DETACH DELETE n

// name: drop_components
// Components that only the import knew, the lower ones first.
UNWIND $keys AS key
MATCH (n:Component {id: key})
WHERE NOT EXISTS { (n)<--() }
DETACH DELETE n

// name: drop_symptoms
// Symptoms that only the import knew.
UNWIND $keys AS key
MATCH (n:Symptom {code: key})
WHERE NOT EXISTS { (n)<--() }
DETACH DELETE n

// name: drop_codes
// Trouble codes that only the import knew.
UNWIND $keys AS key
MATCH (n:ErrorCode {key: key})
WHERE NOT EXISTS { (n)<--() }
DETACH DELETE n

// name: drop_parts
// Parts that only the import knew.
UNWIND $keys AS key
MATCH (n:Part {id: key})
WHERE NOT EXISTS { (n)<--() }
DETACH DELETE n

// name: drop_makes
// A make without a model and without a card says nothing.
MATCH (m:Make)
WHERE NOT EXISTS { (m)<--() }
DELETE m
