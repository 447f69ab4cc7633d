"""Tests of what is learned, on small histories of their own."""
