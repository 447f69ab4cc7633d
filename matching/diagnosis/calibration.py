"""How sure a cause is, from how the evidence stands: a logistic fit, so that .7 means 7 of 10.

    chance = 1 / (1 + e^−z)
    z = 4.1 × codes + 2.3 × symptoms + 3.4 × ln(1 + max(words, 1.8))
        + 0.7 × vehicle level + 0.18 × margin − 1.3 × ln(1 + length) − 5
        − 2.2 if the vehicle is another model − 1.2 if codes were reported and the card has none

Fitted by `bench/diagnosis.py` on reports whose right card is known, a third to a half of them with
that card taken away (an unknown failure), and rounded; docs/diagnosis.md has its figures on others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p

from domain.matches import Source, UnderstoodReport, VehicleLevel
from matching import formulas
from matching.diagnosis import retrieval
from matching.diagnosis.answers import Precedent

INTERCEPT = -5.0
CODES = 4.1
SYMPTOMS = 2.3
WORDS = 3.4
LENGTH = -1.3
LEVEL = 0.7
MARGIN = 0.18
OTHER_MODEL = -2.2
OTHER_CODES = -1.2
# A card that its words did not find, or hardly, is judged by the rest.
LEAST_WORDS = 1.8
# Further ahead than this no case was more often right.
WIDEST_MARGIN = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFeatures:
    """How the best card of a cause stands to the report.

    Attributes:
        codes, symptoms: as in `retrieval.similarity`, each in 0..1.
        words: the card's full-text score (BM25); 0 when its words did not find it.
        length: words of the report.
        margin: by how much the card's score leads the best of the others, 0 to 8.
        other_model: the vehicle's model is known and the card is not of it.
        other_codes: codes were reported and the card has none of them.
    """

    codes: float
    symptoms: float
    words: float
    length: int
    level: VehicleLevel
    margin: float
    other_model: bool
    other_codes: bool


def calibration_features(
    understood: UnderstoodReport, found: Sequence[Precedent], leading: Precedent
) -> CalibrationFeatures:
    """Give how `leading`, the best card of the first cause, stands among those found."""
    card = leading.match.card
    by_words = leading.match.candidate.contribution_of(Source.WORDS)
    codes = formulas.code_confidence(understood.codes, card.codes, card.vehicle_level)
    others = [one.match.score for one in found if one.id != leading.id]
    ahead = leading.match.score - max(others) if others else WIDEST_MARGIN
    return CalibrationFeatures(
        codes=codes,
        symptoms=retrieval.shared_symptoms(understood, card),
        words=by_words.score if by_words else 0.0,
        length=len(understood.report.text.split()),
        level=card.vehicle_level,
        margin=min(max(ahead, 0.0), WIDEST_MARGIN),
        other_model=understood.vehicle.model is not None
        and card.vehicle_level < VehicleLevel.MODEL,
        other_codes=bool(understood.codes) and codes == 0,
    )


def calibrated_confidence(held: CalibrationFeatures) -> float:
    """Give the chance that the cause is right, in 0..1."""
    told = (
        INTERCEPT
        + CODES * held.codes
        + SYMPTOMS * held.symptoms
        + WORDS * log1p(max(held.words, LEAST_WORDS))
        + LENGTH * log1p(held.length)
        + LEVEL * held.level
        + MARGIN * held.margin
        + OTHER_MODEL * held.other_model
        + OTHER_CODES * held.other_codes
    )
    return 1 / (1 + exp(-told))
