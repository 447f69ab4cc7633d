"""Tests of the diagnosis: the reasoning of the graph, and a language model beside it."""
