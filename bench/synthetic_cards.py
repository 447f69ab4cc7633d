"""Synthetic failure cards and reports in any number, skewed as real ones are.

Symptoms, components, codes and models are drawn by Zipf's law from the shipped knowledge base,
texts are its sentences shuffled, vectors lie around 150 random centres. None is a real failure.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

from domain.cards import (
    CardSource,
    CardStatus,
    FailureCard,
    PartUse,
    Provenance,
    RepairStep,
    Resolution,
    RootCause,
    Signature,
    SolutionType,
    Visibility,
)
from domain.ids import CardId, GarageId, PersonId
from domain.matches import Embedding, UnderstoodReport
from domain.reports import FailureReport
from domain.tickets import SeenSymptom
from domain.usage import Usage
from ingest.batch import ImportBatch

MODEL = "synthetic"
DIMENSIONS = 384
CENTRES = 150
SPREAD = 1.2
GARAGES = 50
# Of a hundred cards 90 are everyone's, 5 one garage's, 5 three garages'.
OPEN, ONE_GARAGE = 0.9, 0.95
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """One synthetic report, understood, with the vector it is matched by."""

    understood: UnderstoodReport
    text: str


class Maker:
    """Draws cards and reports; the same seed draws the same ones."""

    def __init__(self, knowledge: ImportBatch, seed: int = 7) -> None:
        self._knowledge = knowledge
        self._random = random.Random(seed)
        self._numbers = np.random.default_rng(seed)
        self._centres = self._numbers.normal(size=(CENTRES, DIMENSIONS))
        cards = knowledge.cards
        self._sentences = [s for card in cards for s in card.signature.text.split(". ") if s]
        self._actions = [step.action for card in cards for step in card.resolution.steps]
        self._vehicles = [card.vehicles[0] for card in cards]

    def cards(self, start: int, stop: int) -> Iterator[tuple[FailureCard, Embedding]]:
        for number in range(start, stop):
            yield self._card(number), self._embedding()

    def reports(self, count: int) -> list[Asked]:
        return [self._report() for _ in range(count)]

    def _card(self, number: int) -> FailureCard:
        known, used = self._knowledge, self._random.randrange(50)
        return FailureCard(
            id=CardId(f"fc_synthetic_{number:07d}"),
            version=1,
            status=CardStatus.VERIFIED if self._random.random() < OPEN else CardStatus.DRAFT,
            source=CardSource.REFERENCE,
            title=f"Synthetic: {self._random.choice(self._sentences)[:150]}",
            vehicles=tuple(dict.fromkeys(self._skewed(self._vehicles, 3))),
            signature=Signature(
                text=". ".join(self._random.sample(self._sentences, 3)),
                symptoms=tuple(s.code for s in set(self._skewed(known.symptoms, 3))),
                error_codes=tuple({c.key for c in self._skewed(known.codes, 2)}),
                component=self._skewed(known.components, 1)[0].id,
            ),
            cause=RootCause(primary=f"synthetic cause {self._random.randrange(500)}"),
            resolution=Resolution(
                type=SolutionType.REPAIR,
                steps=tuple(RepairStep(action=a) for a in self._random.sample(self._actions, 3)),
                parts=tuple(PartUse(part=p.id) for p in self._skewed(known.parts, 1)),
            ),
            provenance=Provenance(
                author=PersonId("synthetic"), created_at=MADE_AT, updated_at=MADE_AT
            ),
            visibility=self._visibility(),
            usage=Usage(
                matched=2 * used, used=used, successes=self._random.randint(used // 2, used)
            ),
        )

    def _report(self) -> Asked:
        symptoms = dict.fromkeys(self._skewed(self._knowledge.symptoms, 2))
        text = ". ".join([*self._random.sample(self._sentences, 2), *(s.text for s in symptoms)])
        understood = UnderstoodReport(
            report=FailureReport(text=text),
            codes=tuple(c.key for c in self._skewed(self._knowledge.codes, 1)),
            symptoms=tuple(SeenSymptom(code=s.code, confidence=0.9) for s in symptoms),
            vehicle=self._skewed(self._vehicles, 1)[0],
            embedding=self._embedding(),
        )
        return Asked(understood, text)

    def _embedding(self) -> Embedding:
        centre = self._centres[self._random.randrange(CENTRES)]
        vector = centre + SPREAD * self._numbers.normal(size=DIMENSIONS)
        vector /= np.linalg.norm(vector)
        return Embedding(model=MODEL, vector=vector.tolist())

    def _visibility(self) -> Visibility:
        """Nine of ten cards are everyone's; the others belong to one or three garages."""
        drawn = self._random.random()
        if drawn < OPEN:
            return Visibility()
        count = 1 if drawn < ONE_GARAGE else 3
        names = self._random.sample(range(GARAGES), count)
        return Visibility(garages=tuple(GarageId(f"garage_{n}") for n in names))

    def _skewed(self, values: Sequence[T], count: int) -> list[T]:
        """Draw with Zipf's weights: 1, 1/2, 1/3 and so on."""
        weights = [1 / n for n in range(1, len(values) + 1)]
        return self._random.choices(values, weights, k=count)
