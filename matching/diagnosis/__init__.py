"""Diagnosis: what most likely causes a failure, how sure that is, and what to check first.

`engine.Diagnoser` brings the most similar cards before a reasoner: the default one weighs what the
graph knows (`reasoning`), a language model may be named in its place (`language`).
"""
