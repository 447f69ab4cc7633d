"""The analysts' copy: a graph and tables without personal data, which nobody can write to."""
