"""Tests of relay, stream and feed, on real stores."""
