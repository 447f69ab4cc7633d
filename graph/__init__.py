"""The knowledge graph in Neo4j: everything that speaks Cypher."""
