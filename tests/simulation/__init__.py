"""The simulated garages."""
