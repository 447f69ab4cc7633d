"""Garages that work offline: they catch up and hand in what they did."""
