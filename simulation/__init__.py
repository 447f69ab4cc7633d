"""A year of garages whose truth is known: for training, tests and demonstrations, never real."""
