"""Documents as they are printed."""
