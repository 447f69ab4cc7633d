"""The whole API on real Neo4j, PostgreSQL and Redis, as its users meet it."""
