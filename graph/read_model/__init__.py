"""The searchable cards of the graph as one process keeps them in memory, to find them quickly.

It only finds: what may be shown is decided by the graph, whose facts are read for every answer.
"""
