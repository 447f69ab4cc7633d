"""The peer of the speed benchmark: neo4j-graphrag in an environment of its own."""
