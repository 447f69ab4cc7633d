"""Each bar of the project, measured beside a peer in the same run."""
