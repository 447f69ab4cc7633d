"""Learning: histories, examples, features, models."""
