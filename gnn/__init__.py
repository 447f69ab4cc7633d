"""Learn to rank cards from the graph."""
