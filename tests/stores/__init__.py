"""Contracts of the stores: each holds for the fake and for the real one."""
