"""Tests of the tax values, of paper, and of the books on a real PostgreSQL."""
