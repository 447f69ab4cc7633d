"""Tests of matching, on an honest search in memory."""
