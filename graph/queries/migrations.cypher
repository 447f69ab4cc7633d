// name: history_constraint
// Before anything else, so that two migrators record each migration once.
CREATE CONSTRAINT migration_id IF NOT EXISTS FOR (n:Migration) REQUIRE n.id IS UNIQUE

// name: history
// What was applied, and how it read then.
MATCH (m:Migration) RETURN m.id AS id, m.checksum AS checksum

// name: record
// The first to record a migration says how it read.
MERGE (m:Migration {id: $id})
ON CREATE SET m.checksum = $checksum, m.applied_at = datetime()

// name: vector_indexes
// Which sizes of embedding are indexed.
SHOW VECTOR INDEXES YIELD name RETURN name

// name: create_vector_index
// Only searchable cards are in it, and make and visibility are filtered inside the search, not after it.
// Whole numbers are kept: one bit for each, the default, found .39 of the true neighbours where these
// find .67, and took twice as long (docs/benchmarks.md).
CYPHER 25
CREATE VECTOR INDEX card_embedding_SIZE IF NOT EXISTS
FOR (c:Findable) ON (c.embedding_SIZE)
WITH [c.make, c.status, c.visibility, c.embedding_model]
OPTIONS { indexConfig: {
  `vector.dimensions`: $dimensions,
  `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false
} }

// name: await_indexes
// A new index answers only once it has been filled.
CALL db.awaitIndexes(240)
