"""Agencies that publish recall campaigns: how each writes its numbers, kinds and vehicles."""
