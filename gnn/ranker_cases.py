"""What the ranker learns from: each old report with the cards that were there to be found then.

A case is a solved repair whose card was known when its report came in. Its candidates are found as
the service finds them (words, meaning, codes, vehicle: `matching.recall_sources`), among the cards
of that moment, and their features are folded up to that moment. The repair that a card was written
from is no case: the card came after it, and holds its words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from domain.cards import Severity
from domain.codes import CodeKey
from domain.ids import CardId, TicketId
from domain.matches import VehicleLevel
from domain.repair_history import CardRecord, RepairHistory, RepairRecord
from domain.vehicles import VehicleContext, name_key, slug
from gnn.card_features import FeatureFold, FeatureTable
from gnn.card_words import CardWords
from gnn.ranker_features import FoundCards, RankedReport, evidence_scores, feature_rows
from gnn.report_memory import ReportMemory, Vectors
from matching.formulas import code_confidence

Encode = Callable[[Sequence[str]], Vectors]
English = Callable[[str], str]
Floats = NDArray[np.float64]
# As many as the sources of `matching.recall_sources` give.
OF_WORDS, OF_MEANING, OF_VEHICLE, OF_CODES = 30, 30, 20, 20
# What a card is worth that ended the repair, and one after which the vehicle came back.
SOLVED, CAME_BACK = 3, 2
NOT_SHOWN = 0
LEAST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerCase:
    """One report and its candidates; each array [cards] or [cards, features].

    Attributes:
        group: whose vehicle it is: its repairs stay on one side of a split.
        gains: 3 for the card that ended the repair, 2 where the vehicle came back, else 0.
        places: where it was shown, 1 the first; 0: it was not.
        evidence: the evidence ranker's scores: what serves where there is no model.
        uses: how often the right card had been used before.
        weight: of the example (`gnn.examples`).
        missed: the right card was not among those found.
        verified: somebody had verified the right card by then.
        other_words: the report is not in English, or only partly.
        founding: no card was known for it, and one was written from it: all that was found is
            wrong. It teaches no order, only how likely it is that nothing fits.
    """

    ticket: TicketId
    group: str
    at: datetime
    repair: RepairRecord
    cards: tuple[CardId, ...]
    features: Floats
    gains: NDArray[np.int64]
    places: NDArray[np.int64]
    evidence: Floats
    uses: int
    new_model: bool
    weight: float = 1.0
    missed: bool = False
    verified: bool = False
    other_words: bool = False
    founding: bool = False


class CaseMaker:
    """Makes the cases of one history, in the order in which the reports came in."""

    def __init__(
        self,
        history: RepairHistory,
        encode: Encode,
        english: English = str,
    ) -> None:
        """`english` gives what a match compares of a report's text; nothing of it: an empty one."""
        self._history = history
        self._english = english
        self._cards = sorted(history.cards, key=lambda card: (card.created_at, card.card))
        self._ids = tuple(card.card for card in self._cards)
        self._born = np.array([card.created_at.timestamp() for card in self._cards])
        self._words = CardWords([card_text(card) for card in self._cards])
        self._meanings = encode([card_wording(card) for card in self._cards])
        self._models = np.array([float(len(card.models)) for card in self._cards])
        self._levels = dict[tuple[str | None, ...], Floats]()
        self._coded = _places_of(card.codes for card in self._cards)
        self._shown = _places_of(card.symptoms for card in self._cards)
        self._encode = encode
        self.memory = self._remember()
        self._closed = np.array([r.closed_at.timestamp() for r in self._solved])

    def _remember(self) -> ReportMemory:
        place = self._places = {card: i for i, card in enumerate(self._ids)}
        self._solved = [r for r in self._history.repairs if r.resolved_by in place]
        self._solved.sort(key=lambda r: (r.closed_at, r.ticket))
        founding = {card.founded_on for card in self._cards}
        self._founding = [
            r for r in self._history.repairs if r.ticket in founding and r.resolved_by is None
        ]
        asked = [*self._solved, *self._founding]
        self._texts = {r.ticket: self._english(r.text) for r in asked}
        told = self._vectors([self._texts[r.ticket] for r in asked])
        self._said = {r.ticket: vector for r, vector in zip(asked, told, strict=True)}
        vectors = told[: len(self._solved)]
        solved = np.array([place[r.resolved_by] for r in self._solved if r.resolved_by], np.int64)
        return ReportMemory(vectors, solved, self._ids)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        """Give the vector of each text [texts, dimensions]; of none, a vector like to nothing."""
        found = self._encode(texts).copy()
        found[[not text for text in texts]] = 0.0
        return found

    def cases(self, tell: Callable[[float], None] = lambda _: None) -> Iterator[RankerCase]:
        """Give the cases; `tell` hears how far it is, 0 to 1."""
        fold, seen = FeatureFold(self._history), set[tuple[str, str]]()
        told = sorted([*self._solved, *self._founding], key=lambda r: (r.opened_at, r.ticket))
        for n, repair in enumerate(told):
            model = (name_key(repair.make or ""), name_key(repair.model or ""))
            table = fold.until(repair.opened_at)
            if self._was_there(repair):
                found = self._found(repair, self._said[repair.ticket])
                other = self._texts[repair.ticket] != repair.text
                case = _case(repair, found, table, new_model=model not in seen)
                yield replace(case, other_words=other, founding=repair.resolved_by is None)
            seen.add(model)
            if n % 200 == 0:
                tell(n / len(told))

    def _was_there(self, repair: RepairRecord) -> bool:
        """Say whether the card that ended a repair could be found; of a founding one none could."""
        if repair.resolved_by is None:
            return True
        return bool(self._born[self._places[repair.resolved_by]] < repair.opened_at.timestamp())

    def _found(self, repair: RepairRecord, vector: Vectors) -> FoundCards:
        """Find the candidates of a report among the cards of its moment."""
        moment = repair.opened_at.timestamp()
        there = int(np.searchsorted(self._born, moment))
        words = self._words.scores(self._texts[repair.ticket])[:there]
        cosine = (self._meanings[:there] @ vector).astype(np.float64)
        level = self._level(repair)[:there]
        symptoms = self._shares(repair.symptoms, self._shown, there)
        codes = self._code_scores(repair.codes, level, there)
        of_vehicle = np.where(level >= VehicleLevel.MODEL, symptoms + LEAST, 0.0)
        if 2 * (of_vehicle > 0).sum() < OF_VEHICLE:
            of_vehicle = np.maximum(of_vehicle, symptoms)
        rows = np.unique(
            np.concatenate(
                [
                    _best(words, OF_WORDS, least=0.0),
                    _best(cosine, OF_MEANING),
                    _best(codes, OF_CODES, least=0.0),
                    _best(of_vehicle, OF_VEHICLE, least=0.0),
                ]
            )
        )
        cards = tuple(self._ids[row] for row in rows)
        before = int(np.searchsorted(self._closed, moment))
        return FoundCards(
            cards=cards,
            cosine=cosine[rows],
            words=words[rows],
            level=level[rows],
            codes=codes[rows],
            symptoms=symptoms[rows],
            models=self._models[rows],
            similar=self.memory.votes(vector, cards, before),
        )

    def _level(self, repair: RepairRecord) -> Floats:
        key = (repair.make, repair.model, repair.variant, str(repair.year))
        if key not in self._levels:
            self._levels[key] = np.array([float(vehicle_level(repair, c)) for c in self._cards])
        return self._levels[key]

    def _shares(
        self, said: Sequence[str], places: Mapping[str, NDArray[np.int64]], there: int
    ) -> Floats:
        shares = np.zeros(len(self._ids))
        for one in set(said):
            shares[places.get(one, NO_PLACES)] += 1 / len(set(said))
        return shares[:there]

    def _code_scores(self, said: Sequence[CodeKey], level: Floats, there: int) -> Floats:
        scores = np.zeros(there)
        for row in {int(i) for one in said for i in self._coded.get(one, NO_PLACES) if i < there}:
            fits = VehicleLevel(int(level[row]))
            scores[row] = code_confidence(said, self._cards[row].codes, fits)
        return scores


NO_PLACES = np.array([], dtype=np.int64)


def _case(
    repair: RepairRecord, found: FoundCards, table: FeatureTable, *, new_model: bool
) -> RankerCase:
    right = table.cards.get(repair.resolved_by) if repair.resolved_by else None
    shown = {place.card: place.rank for place in repair.shown}
    gain = CAME_BACK if repair.came_back else SOLVED
    gains = np.array([gain if c == repair.resolved_by else 0 for c in found.cards], np.int64)
    return RankerCase(
        ticket=repair.ticket,
        group=repair.vehicle or repair.ticket,
        at=repair.opened_at,
        repair=repair,
        cards=found.cards,
        features=feature_rows(ranked_report(repair), found, table),
        gains=gains,
        places=np.array([shown.get(c, NOT_SHOWN) for c in found.cards], np.int64),
        evidence=evidence_scores(found),
        uses=0 if right is None else right.uses,
        new_model=new_model,
        missed=not gains.any(),
        verified=right is not None and right.verified,
    )


def ranked_report(repair: RepairRecord) -> RankedReport:
    """Give an old report as ranking reads it."""
    return RankedReport(
        codes=repair.codes,
        symptoms=repair.symptoms,
        vehicle=VehicleContext(
            make=repair.make, model=repair.model, year=repair.year, firmware=repair.firmware
        ),
        # The service is told of no severity but where people are in danger (`Ticket.severity`).
        severity=Severity.CRITICAL if repair.severity == Severity.CRITICAL else None,
        words=len(repair.text.split()),
        at=repair.opened_at,
    )


def card_wording(card: CardRecord) -> str:
    """Give what a report's meaning is compared with: the failure, not its repair."""
    return f"{card.title}. {card.symptom_text}"


def card_text(card: CardRecord) -> str:
    """Give what a report's words are looked up in."""
    return "\n".join((card_wording(card), card.cause, card.fix))


def vehicle_level(repair: RepairRecord, card: CardRecord) -> VehicleLevel:
    """Say how closely a card's vehicles fit a repair's; models are known by their ids."""
    if repair.make is None or name_key(repair.make) not in {name_key(m) for m in card.makes}:
        return VehicleLevel.NONE
    if repair.model is None:
        return VehicleLevel.MAKE
    named = slug(repair.make, repair.model)
    whole = {
        slug(repair.make, repair.model, variant, str(repair.year))
        for variant in ("", repair.variant or "")
    }
    if repair.year is not None and whole & set(card.models):
        return VehicleLevel.YEAR
    if any(one == named or one.startswith(f"{named}-") for one in card.models):
        return VehicleLevel.MODEL
    return VehicleLevel.MAKE


def _best(scores: Floats, most: int, least: float | None = None) -> NDArray[np.int64]:
    order = np.argsort(-scores, kind="stable")[:most]
    return order if least is None else order[scores[order] > least]


def _places_of(said: Iterable[Sequence[str]]) -> dict[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = {}
    for row, names in enumerate(said):
        for name in names:
            found.setdefault(name, []).append(row)
    return {name: np.array(rows, dtype=np.int64) for name, rows in found.items()}
