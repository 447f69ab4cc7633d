"""Short reports in a rider's words: of failures that a shipped card tells, or none does.

`tests/matching/short_reports/development.jsonl` holds two paraphrases of each of 94 cards, written
from the card's symptom in other words, and as many reports of failures that no card knows. A hash
of the card's id (of the text, where there is none) divides them: one half is fitted on, the other
is held out, and with it everything else that the fit would learn of those cards.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from domain.cards import FailureCard
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleContext

FILE = Path("tests/matching/short_reports/development.jsonl")


@dataclass(frozen=True, slots=True)
class ShortCase:
    """A short report as it is sent.

    Attributes:
        right: the card that it paraphrases; none where no card knows the failure.
        away: what is taken from the cards; where the right one is, all of its component.
        group: what is never divided.
    """

    report: FailureReport
    right: frozenset[str]
    away: frozenset[str]
    group: str

    @property
    def gone(self) -> bool:
        return not self.right or bool(self.away)

    @property
    def held_out(self) -> bool:
        return is_held_out(self.group)


def is_held_out(group: str) -> bool:
    """Say whether what is known of this card, or this text, is kept from the fit."""
    return sha256(group.encode()).digest()[0] % 2 == 1


def short_cases(cards: Sequence[FailureCard]) -> Iterator[ShortCase]:
    """Give each text with its card there and away, with the vehicle and without."""
    by_id = {str(card.id): card for card in cards}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        if told["card"] is None:
            report = FailureReport.parse(told["text"], vehicle=UNKNOWN)
            yield ShortCase(report, frozenset(), frozenset(), told["text"])
        else:
            yield from _cases_of(told["text"], by_id[told["card"]], cards)


def _cases_of(text: str, card: FailureCard, cards: Sequence[FailureCard]) -> Iterator[ShortCase]:
    component = card.signature.component
    alike = frozenset(c.id for c in cards if c.signature.component == component) | {card.id}
    own = VehicleContext(make=card.vehicles[0].make, model=card.vehicles[0].model)
    for vehicle in (UNKNOWN, own):
        report = FailureReport.parse(text, vehicle=vehicle)
        for away in (frozenset[str](), alike):
            yield ShortCase(report, frozenset({card.id}), away, card.id)
