"""Finding cards in memory, by the same rules as `graph/search.py` finds them in the graph.

What is no list of its own here (neighbours, facts) is asked of the graph. Hidden cards are left out
by what was last heard of them; whether a card may be shown, the graph's facts say.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from domain.access import Viewer
from domain.codes import CodeKey
from domain.ids import CardId
from domain.matches import CardFacts, CardHit, Embedding, ReportTraits, Source
from graph import full_text
from graph.read_model.cards import CardSnapshot
from graph.read_model.hits import IndexView
from graph.read_model.words import Scored
from graph.search import (
    CAP,
    CODE_CAP,
    NEAR_MARGIN,
    NEAR_OF_MODEL,
    CardSearch,
    best_hits,
    unique_values,
    words_paid_for,
)
from graph.visibility import place_mark

# So few rows are looked at sooner than a thread begins.
FEW_ROWS = 1_000
Lists = tuple[list[CardHit], list[CardHit]]


class CurrentIndex(Protocol):
    """Whoever keeps the index."""

    async def current(self) -> CardSnapshot | None:
        """Give the index, if it says what the graph says."""
        ...


class ReadModelSearch:
    """Finds cards in the index while it is current, and in the graph otherwise."""

    def __init__(self, model: CurrentIndex, graph: CardSearch) -> None:
        self._model = model
        self._graph = graph

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        index = await self._model.current()
        if index is None:
            return await self._graph.by_codes(keys, viewer, limit, beside)
        view = IndexView.of(index, viewer, beside)
        if sum(len(index.with_code(key)) for key in keys) <= FEW_ROWS:
            return _with_codes(keys, view, limit)
        return await asyncio.to_thread(_with_codes, keys, view, limit)

    async def by_vehicle(
        self, symptoms: Sequence[str], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        index = await self._model.current()
        if index is None:
            return await self._graph.by_vehicle(symptoms, viewer, limit, beside)
        view = IndexView.of(index, viewer, beside)
        return await asyncio.to_thread(_of_vehicle, symptoms, view, limit)

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, *, beside: ReportTraits
    ) -> list[CardHit]:
        index = await self._model.current()
        if index is None or len(embedding.vector) != index.vectors.size:
            return await self._graph.by_meaning(embedding, viewer, limit, beside=beside)
        view = IndexView.of(index, viewer, replace(beside, embedding=embedding))
        return await asyncio.to_thread(_alike, view, limit)

    async def by_words_and_vehicle(
        self,
        text: str,
        symptoms: Sequence[str],
        viewer: Viewer,
        limits: Mapping[Source, int],
        beside: ReportTraits,
    ) -> Lists:
        index = await self._model.current()
        if index is None:
            return await self._graph.by_words_and_vehicle(text, symptoms, viewer, limits, beside)
        view = IndexView.of(index, viewer, beside)
        return await asyncio.to_thread(_worded_and_fitting, text, symptoms, view, limits)

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: ReportTraits,
    ) -> list[CardHit]:
        return await self._graph.by_neighbours(codes, symptoms, viewer, limit, beside)

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: ReportTraits
    ) -> dict[CardId, CardFacts]:
        return await self._graph.facts(ids, viewer, beside)


def _worded_and_fitting(
    text: str, symptoms: Sequence[str], view: IndexView, limits: Mapping[Source, int]
) -> Lists:
    worded = _with_words(text, view, limits[Source.WORDS])
    return worded, _of_vehicle(symptoms, view, limits[Source.VEHICLE])


def _with_codes(keys: Sequence[CodeKey], view: IndexView, limit: int) -> list[CardHit]:
    found = view.shared({key: view.index.with_code(key) for key in keys}, CODE_CAP)
    best = sorted(found, key=lambda one: (-len(one.via), -one.score, *one.ties))
    return view.hits(best[:limit])


def _alike(view: IndexView, limit: int) -> list[CardHit]:
    return view.hits(view.nearest(limit, limit + NEAR_MARGIN)[:limit])


def _with_words(text: str, view: IndexView, limit: int) -> list[CardHit]:
    words = full_text.weighted_terms(text, words_paid_for(len(view.index)))
    codes, near = full_text.code_terms(words), limit + NEAR_MARGIN
    if not words:
        return []

    def look(places: frozenset[str] | None) -> Scored:
        return view.index.words.with_words(words, codes, near, places)

    return view.hits(view.looked(look, limit, near)[:limit])


def _of_vehicle(symptoms: Sequence[str], view: IndexView, limit: int) -> list[CardHit]:
    """Give cards of the model; where they are few, other vehicles with these symptoms too."""
    known = unique_values(symptoms)
    found = _of_model(known, view, limit) if view.beside.vehicle.model else []
    if known and 2 * len(found) < limit:
        rows_of = {symptom: view.index.with_symptom(symptom) for symptom in known}
        found += view.hits(view.fitting(view.shared(rows_of, CAP), known)[:limit])
    return best_hits(found, max)[:limit]


def _of_model(symptoms: Sequence[str], view: IndexView, limit: int) -> list[CardHit]:
    _, model, *years = (place_mark("fits", key) for key in view.fits)
    marks = [place_mark("symptom", code) for code in symptoms]

    def look(places: frozenset[str] | None) -> Scored:
        return view.index.words.with_marks(model, years, marks, NEAR_OF_MODEL, places)

    found = [replace(one, score=0.0) for one in view.looked(look, limit, NEAR_OF_MODEL)]
    return view.hits(view.fitting(found, symptoms)[:limit])
