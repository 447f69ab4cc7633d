"""Tests of the knowledge graph, on a real Neo4j."""
