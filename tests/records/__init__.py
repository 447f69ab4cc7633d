"""Tests of the PostgreSQL side, on a real server."""
