"""Real processes that are killed, and stores that are stopped, while work goes on."""
