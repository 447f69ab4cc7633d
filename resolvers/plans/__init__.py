"""Compiled plans: a document that is asked again runs as Python made for it."""
