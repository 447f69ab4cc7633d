"""Photos, films and logs: how they are read, sealed, stored and let go of."""
