"""Diagnosis: what most likely causes a failure, how sure that is, and what to check first.

`engine.Diagnoser` brings the most similar cards before the reasoner, which weighs what the graph
knows (`reasoning`); a language model may be named to add its words (`language`).
"""
