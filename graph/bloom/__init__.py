"""What engineers explore the graph with: a perspective for Bloom, style and queries for Browser."""
