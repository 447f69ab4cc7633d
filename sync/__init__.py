"""What goes out: the relay, the change feed, live delivery."""
