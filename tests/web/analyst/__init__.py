"""The analysts' copy and its notebooks."""
