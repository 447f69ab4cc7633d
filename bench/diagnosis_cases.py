"""Reports whose right card is known, to hold diagnoses against.

*Field*: synthetic, from the shipped cards' own sentences with words left out, phrases of their
symptoms, a stray symptom, sometimes a code, sometimes a vehicle, now and then the wrong one.
*Recall*: synthetic, from pieces of the recalls' texts. *Complaint*: real, what owners wrote. In a
third to a half of the cases the right card is to be taken from the answer: the failure is unknown
then, and no cause is right. A hash of the card's id divides the cases in two halves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from bench.quality import labelled
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleContext
from ingest.batch import ImportBatch

FIELD_GONE, RECALL_GONE = 0.3, 0.4
STRAY, CODED = 0.25, 0.5
# Of twenty field reports: with make and model, with the make, with another vehicle, with none.
VEHICLES = (12, 3, 1, 4)


@dataclass(frozen=True, slots=True)
class Case:
    """A report, the cards or campaigns that are right, and whether they are taken away."""

    kind: str
    report: FailureReport
    right: frozenset[str]
    gone: bool

    @property
    def synthetic(self) -> bool:
        return self.kind != "complaint"

    @property
    def fitted(self) -> bool:
        """Whether its card belongs to the half that the fit was made on."""
        return sha256(min(self.right).encode()).digest()[0] % 2 == 0


def field_cases(shipped: ImportBatch, count: int, drawn: Random) -> Iterator[Case]:
    """Give synthetic reports of shipped cards, as a workshop would shorten and muddle them."""
    symptoms = {symptom.code: symptom for symptom in shipped.symptoms}
    for _ in range(count):
        card = drawn.choice(shipped.cards)
        sentences = [s for s in card.signature.text.split(". ") if s]
        said = [
            _thinned(sentence, drawn.choice((1.0, 0.8, 0.6, 0.5)), drawn)
            for sentence in drawn.sample(
                sentences, min(drawn.choice((0, 1, 1, 1, 2)), len(sentences))
            )
        ]
        shown = [symptoms[code] for code in card.signature.symptoms if code in symptoms]
        shown = drawn.sample(shown, min(drawn.choice((0, 1, 1, 2)), len(shown)))
        if drawn.random() < STRAY:
            shown.append(drawn.choice(shipped.symptoms))
        said += [drawn.choice((symptom.text, *symptom.phrases)) for symptom in shown]
        drawn.shuffle(said)
        codes = tuple(key.partition(":")[2] for key in card.signature.error_codes)
        given = (drawn.choice(codes),) if codes and drawn.random() < CODED else ()
        vehicle = _vehicle(card.vehicles[0], drawn.choice(shipped.cards).vehicles[0], drawn)
        gone = drawn.random() < FIELD_GONE
        text = ". ".join(filter(None, said))
        if text or given:
            report = FailureReport.parse(text, given, vehicle)
            yield Case("field", report, frozenset({card.id}), gone)


def recall_cases(campaigns: ImportBatch, count: int, drawn: Random) -> Iterator[Case]:
    """Give synthetic reports of recalls: thinned pieces of their published words."""
    for _ in range(count):
        card = drawn.choice(campaigns.cards)
        words, length = card.full_text.split(), drawn.choice((15, 30, 60))
        start = drawn.randrange(max(1, len(words) - length))
        piece = " ".join(words[start : start + length])
        text = _thinned(piece, drawn.choice((0.6, 0.4, 0.3, 0.2)), drawn)
        vehicle = drawn.choice(card.vehicles)
        known = drawn.choice((UNKNOWN, vehicle, VehicleContext(make=vehicle.make)))
        gone = drawn.random() < RECALL_GONE
        if text:
            yield Case("recall", FailureReport.parse(text, (), known), frozenset({card.id}), gone)


def complaint_cases() -> Iterator[Case]:
    """Give owners' complaints, with and without their vehicle, known and unknown."""
    for one in labelled():
        for vehicle in (UNKNOWN, one.vehicle):
            for gone in (False, True):
                report = FailureReport.parse(one.text, vehicle=vehicle)
                yield Case("complaint", report, one.campaigns, gone)


def _thinned(text: str, kept: float, drawn: Random) -> str:
    return " ".join(word for word in text.split() if drawn.random() < kept)


def _vehicle(own: VehicleContext, other: VehicleContext, drawn: Random) -> VehicleContext:
    known = (
        VehicleContext(make=own.make, model=own.model),
        VehicleContext(make=own.make),
        VehicleContext(make=other.make, model=other.model),
        UNKNOWN,
    )
    return drawn.choices(known, VEHICLES)[0]
