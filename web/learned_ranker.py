"""The trained ranker as matches ask it: its model from the registry, its features from Redis.

Nothing of it is waited for (`matching.matcher.LEARNED_SECONDS`): what is silent or fails is told,
and the evidence ranks. The trees are walked in a thread, where LightGBM lets go of the interpreter.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from billing.ledger.stock import StockStore
from domain.access import Viewer
from domain.cards import Severity
from domain.errors import Unavailable
from domain.ids import CardId, GarageId, TicketId
from domain.matches import CardMarks, Source, UnderstoodReport
from domain.model_runs import ModelKind
from domain.reasons import Reason
from domain.repair_history import RepairRecord
from gnn.card_features import FeatureTable, parts_availability, report_kinds
from gnn.learned_cards import CardNetwork, LearnedCards
from gnn.live_models import LiveModel, LiveModels
from gnn.ranker_features import FoundCards, RankedReport, feature_rows
from gnn.report_memory import ReportMemory
from matching import formulas
from matching.fusion import CardCandidate
from matching.rankers import Marks, RankedCard, Ranking
from matching.reasons import path_reason
from web.feature_store import FeatureStore

PART = "the learned ranker"
# What a card loses whose parts nobody has at hand: a preference among equals, which no history of
# repairs tells, as it does not say what lay on the shelf.
OUT_OF_STOCK = 0.25
STOCK_SECONDS = 0.03
Stock = Callable[[GarageId, Sequence[str]], Awaitable[Mapping[str, int] | None]]


def stock_of(books: StockStore) -> Stock:
    """Give what lies on a garage's shelf; nothing is known where it keeps count of no part."""

    async def on_hand(garage: GarageId, parts: Sequence[str]) -> Mapping[str, int] | None:
        levels = await books.stock_levels(garage, parts)
        counted = any(level.added or level.removed for level in levels.values())
        return {part: level.quantity for part, level in levels.items()} if counted else None

    return on_hand


class ServedRanker:
    """Orders cards by the ranker that serves; `now` is when a report counts as having come in."""

    def __init__(
        self,
        models: LiveModels,
        features: FeatureStore,
        stock: Stock | None = None,
        now: Callable[[], datetime] | None = None,
        network: Callable[[LiveModel], CardNetwork | None] = lambda _: None,
    ) -> None:
        self._models = models
        self._features = features
        self._stock = stock
        self._now = now or (lambda: datetime.now(UTC))
        self._network = network

    async def rank(
        self,
        understood: UnderstoodReport,
        candidates: Sequence[CardCandidate],
        marks: Marks,
        viewer: Viewer,
    ) -> Ranking | None:
        """Give the candidates whose marks are known, best first; None: no ranker serves.

        Raises:
            Unavailable: the features are silent, or the model fails.
        """
        live = self._models.get(ModelKind.RANKER)
        known = [c for c in candidates if c.card in marks]
        if live is None or not known:
            return None
        report = ranked_report(understood, self._now())
        kinds = report_kinds(report.codes, report.symptoms, report.vehicle)
        table = await self._features.read([c.card for c in known], kinds)
        on_hand = await self._on_hand(viewer, table)
        network = self._network(live)

        def ordered() -> Ranking:
            learned = _learned(live)
            there = _availability(known, table, on_hand)
            found = found_cards(understood, known, marks, learned.memory)
            found = replace(found, availability=there)
            if network is not None:
                asked = asked_record(understood, report.at)
                both, path = network.scores(asked, found.cards)
                found = replace(found, network=both, path=path)
            rows = feature_rows(report, found, table)
            fitting = learned.trees.scores(rows)
            scores = fitting - OUT_OF_STOCK * np.nan_to_num(1 - there)
            if not np.isfinite(scores).all():
                raise Unavailable(PART, "its scores are no numbers")
            # As of the evidence ranker, e^score is then the odds of being the right card.
            scores /= 1.0 if learned.chance is None else learned.chance.heat
            ranked = [
                RankedCard(candidate=c, marks=marks[c.card], score=float(score))
                for c, score in zip(known, scores, strict=True)
            ]
            ranked.sort(key=lambda one: (one.score, one.marks.id), reverse=True)
            # What lies on a shelf makes no card likelier.
            told = learned.chance and learned.chance.list_chance(found.cards, fitting)
            return Ranking(ranked, live.run.name, chance=told)

        try:
            return await asyncio.to_thread(ordered)
        except (ValueError, ArithmeticError, LookupError, RuntimeError) as error:
            raise Unavailable(PART, f"its model fails: {error}") from error

    async def paths(
        self, understood: UnderstoodReport, cards: Sequence[CardId]
    ) -> Mapping[CardId, Sequence[Reason]]:
        """Give for each card the paths that speak for it; none where no network is ready.

        Raises:
            Unavailable: the network fails.
        """
        live = self._models.get(ModelKind.RANKER)
        network = None if live is None else self._network(live)
        if network is None:
            return {}
        asked = asked_record(understood, self._now())
        try:
            found = await asyncio.to_thread(network.paths, asked, cards)
        except (ValueError, ArithmeticError, LookupError, RuntimeError) as error:
            raise Unavailable(PART, f"its paths fail: {error}") from error
        return {
            card: [path_reason(one.thing, one.held, one.tried) for one in why]
            for card, why in found.items()
        }

    async def _on_hand(self, viewer: Viewer, table: FeatureTable) -> Mapping[str, int] | None:
        """Give how many of the cards' parts lie in the viewer's garage; None: nobody can say."""
        parts = sorted({part for card in table.cards.values() for part in card.parts})
        if self._stock is None or viewer.garage is None:
            return None
        try:
            async with asyncio.timeout(STOCK_SECONDS):
                return await self._stock(viewer.garage, parts) if parts else {}
        except (Unavailable, TimeoutError):
            return None


def _availability(
    candidates: Sequence[CardCandidate], table: FeatureTable, on_hand: Mapping[str, int] | None
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    cards = [table.cards.get(one.card) for one in candidates]
    return np.array(
        [np.nan if card is None else parts_availability(card.parts, on_hand) for card in cards]
    )


def _learned(live: LiveModel) -> LearnedCards:
    if not isinstance(live.model, LearnedCards):
        raise Unavailable(PART, "what serves is no ranker")
    return live.model


def asked_record(said: UnderstoodReport, now: datetime) -> RepairRecord:
    """Give a report as the graph network reads it (`gnn.network_columns.asked_report`)."""
    return RepairRecord(
        ticket=TicketId(""),
        garage=GarageId(""),
        technician=None,
        vehicle=None,
        make=said.vehicle.make,
        model=said.vehicle.model,
        year=said.vehicle.year,
        firmware=said.vehicle.firmware,
        opened_at=now,
        closed_at=now,
        text=said.report.text,
        worked=False,
        symptoms=tuple(seen.code for seen in said.symptoms),
        codes=said.codes,
        severity=None if said.safety is None else Severity.CRITICAL,
    )


def ranked_report(said: UnderstoodReport, now: datetime) -> RankedReport:
    """Give a report as ranking reads it."""
    return RankedReport(
        codes=said.codes,
        symptoms=tuple(seen.code for seen in said.symptoms),
        vehicle=said.vehicle,
        severity=None if said.safety is None else Severity.CRITICAL,
        words=len(said.report.text.split()),
        at=now,
    )


def found_cards(
    said: UnderstoodReport,
    candidates: Sequence[CardCandidate],
    marks: Marks,
    memory: ReportMemory,
) -> FoundCards:
    """Give what the search found as the features read it; cards whose marks are known."""
    cards = [marks[c.card] for c in candidates]
    ids = tuple(CardId(card.id) for card in cards)
    return FoundCards(
        cards=ids,
        cosine=np.array([0.0 if card.cosine is None else card.cosine for card in cards]),
        words=np.array([_words(c) for c in candidates]),
        level=np.array([float(card.vehicle_level) for card in cards]),
        codes=np.array([_codes(said, card) for card in cards]),
        symptoms=_symptoms(said, cards),
        models=np.array([float(card.models) for card in cards]),
        similar=_votes(said, ids, memory),
    )


def _votes(
    said: UnderstoodReport, cards: Sequence[CardId], memory: ReportMemory
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if said.embedding is None:
        return np.zeros(len(cards))
    return memory.votes(np.array(said.embedding.vector, dtype=np.float32), cards)


def _words(candidate: CardCandidate) -> float:
    words = candidate.contribution_of(Source.WORDS)
    return 0.0 if words is None else words.score


def _codes(said: UnderstoodReport, card: CardMarks) -> float:
    if not set(said.codes) & set(card.codes):
        return 0.0
    return formulas.code_confidence(said.codes, card.codes, card.vehicle_level)


def _symptoms(
    said: UnderstoodReport, cards: Sequence[CardMarks]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give the share of the reported symptoms that each card shows, by how sure each is."""
    sure = {seen.code: seen.confidence for seen in said.symptoms}
    total = sum(sure.values()) or 1.0
    return np.array([sum(sure.get(code, 0.0) for code in set(c.symptoms)) / total for c in cards])
