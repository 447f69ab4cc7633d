"""Neo4j, PostgreSQL and Redis as processes of this machine, kept in one folder."""
