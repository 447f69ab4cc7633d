"""How likely a text tells a symptom: what its words told, and what it is like, weighed together.

`symptom_chance.yaml` holds the weights of a logistic fit; `bench/symptom_fit.py` made them and
says what they have seen. What comes out is as often right as it says.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from ingest.symptom_examples import Matrix, SymptomExamples

FILE = Path(__file__).with_suffix(".yaml")
# Of each clause so many symptoms are weighed, besides those that its words told.
LIKELIEST = 2
# A likeness of meaning and one of words vary by so much.
SPREAD = 0.12
MOST_MARGIN = 3.0
SURE, GUESS = 0.85, 0.5


@dataclass(frozen=True, slots=True)
class SymptomEvidence:
    """What speaks for one symptom; the names are those of the weights.

    Attributes:
        meaning: how like its examples the clause is that tells it best; `words` likewise.
        margin: how much more than any other symptom's, both together; below 0, how much less.
        nearest: no other is nearer by meaning.
        told: patterns, phrases or figures told it; `sure`: and are sure; `guess`: or doubt it.
        others: they told another symptom, and not this one.
        several: the text has several clauses.
        fitted: how much the fit over the examples takes a clause for it.
        ahead: how much more than for any other; below 0, how much less.
    """

    meaning: float
    words: float
    margin: float
    nearest: float
    told: float
    sure: float
    guess: float
    others: float
    several: float
    fitted: float
    ahead: float


class ReadBy(StrEnum):
    """How a text was read; each way has weights of its own."""

    ENGLISH = "english"
    GLOSS = "gloss"


@cache
def _weights(by: ReadBy) -> tuple[float, NDArray[np.float64]]:
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))[by]
    names = [field.name for field in fields(SymptomEvidence)]
    return told["intercept"], np.array([told["weights"][name] for name in names])


def chance_of(evidence: SymptomEvidence, by: ReadBy = ReadBy.ENGLISH) -> float:
    """Give how likely a symptom is told."""
    intercept, weights = _weights(by)
    return 1 / (1 + math.exp(-intercept - float(weights @ np.array(astuple(evidence)))))


def evidence_of(
    texts: Sequence[str], vectors: Matrix, told: Mapping[str, float], examples: SymptomExamples
) -> Iterator[tuple[str, SymptomEvidence]]:
    """Yield what speaks for each symptom that clauses may tell, or that was told.

    Args:
        texts: the clauses.
        vectors: what each of them means.
        told: how sure patterns, phrases and figures are of what they found.
        examples: of every symptom.
    """
    meaning, words = examples.likeness_of_meaning(vectors), examples.likeness_of_words(texts)
    both = (meaning + words) / SPREAD
    fitted = examples.likeness_by_fit(texts, vectors)
    margins, ahead = _margins(both), _margins(fitted)
    ranked = [np.argsort(-each, axis=1)[:, :LIKELIEST] for each in (both, fitted)]
    likeliest = np.concatenate(ranked)
    places = {symptom: at for at, symptom in enumerate(examples.symptoms)}
    likely = {examples.symptoms[at] for at in likeliest.flat}
    for symptom in sorted(likely | (told.keys() & places.keys())):
        at = places[symptom]
        best = int(np.argmax(both[:, at] + margins[:, at]))
        confidence = told.get(symptom)
        yield (
            symptom,
            SymptomEvidence(
                meaning=float(meaning[best, at]),
                words=float(words[best, at]),
                margin=float(np.clip(margins[best, at], -MOST_MARGIN, MOST_MARGIN)),
                nearest=float(meaning[best, at] >= meaning[best].max()),
                told=float(confidence is not None),
                sure=float(confidence is not None and confidence >= SURE),
                guess=float(confidence is not None and confidence < GUESS),
                others=float(confidence is None and bool(told)),
                several=float(len(texts) > 1),
                fitted=float(fitted[:, at].max()),
                ahead=float(ahead[:, at].max()),
            ),
        )


def _margins(both: Matrix) -> Matrix:
    """Give how far each symptom stands before all others, or behind the first."""
    ordered = np.sort(both, axis=1)
    first, second = ordered[:, -1:], ordered[:, -2:-1]
    return np.asarray(both - np.where(both >= first, second, first), dtype=np.float32)
