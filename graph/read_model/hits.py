"""Rows of the card index as hits: those that are open to a viewer, with their marks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.access import Viewer
from domain.matches import CardHit, CardMarks, ReportTraits, VehicleLevel
from graph.card_rows import fit_keys
from graph.read_model.cards import CardSnapshot
from graph.read_model.entries import IndexedCard
from graph.read_model.vectors import Numbers, Rows
from graph.read_model.words import Scored
from graph.visibility import viewer_parameters

# Where others crowd the nearest out, so many are looked at before each open card is marked.
NEAR_MOST = 1_000
Look = Callable[[frozenset[str] | None], Scored]


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row that was found, with its card; `score` and `via` as those of a hit."""

    row: int
    entry: IndexedCard
    score: float
    via: tuple[str, ...] = ()

    @property
    def ties(self) -> tuple[float, str]:
        """What decides between cards of the same score: the better fix, then the id."""
        return -self.entry.effectiveness, self.entry.id


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexView:
    """The index with a viewer's eyes, beside a report; without `places` they see all."""

    index: CardSnapshot
    beside: ReportTraits
    fits: Sequence[str]
    places: frozenset[str] | None

    @classmethod
    def of(cls, index: CardSnapshot, viewer: Viewer, beside: ReportTraits) -> Self:
        seen = viewer_parameters(viewer)
        places = None if viewer.sees_all else frozenset(map(str, seen["seen"]))  # pyright: ignore[reportArgumentType]
        return cls(index=index, beside=beside, fits=fit_keys(beside.vehicle), places=places)

    def found(self, scored: Iterable[tuple[int, float]]) -> list[FoundRow]:
        """Give those rows that are alive and open, in their order."""
        return list(self._open(scored))

    def looked(self, look: Look, wanted: int, near: int) -> list[FoundRow]:
        """Look for the `near` best; look again at open cards alone where others crowd them out."""
        scored = look(None)
        found = self.found(scored)
        if len(scored) < near or len(found) >= wanted or self.places is None:
            return found
        return self.found(look(self.places))

    def nearest(self, wanted: int, near: int) -> list[FoundRow]:
        """Give the nearest by meaning; look further where cards of others crowd them out."""
        embedding = self.beside.embedding
        if embedding is None:
            return []
        vector = np.asarray(embedding.vector, np.float32)
        while near <= NEAR_MOST:
            rows, cosines = self.index.vectors.nearest(vector, near)
            found = self._alike(rows, cosines, embedding.model)
            if len(found) >= wanted or len(rows) < near:
                return found
            near *= 4
        allowed = self._allowed(embedding.model)
        return self._alike(*self.index.vectors.nearest(vector, wanted, allowed), embedding.model)

    def shared(self, rows_of: Mapping[str, Sequence[int]], cap: int) -> list[FoundRow]:
        """Give the cards behind any of some codes: a rare code tells more; the newest few of each.

        The rows of each are the oldest first.
        """
        score: dict[int, float] = {}
        via: dict[int, list[str]] = {}
        for name in sorted(rows_of):
            rows = rows_of[name]
            newest = self._open((row, 0.0) for row in reversed(rows))
            for one in islice(newest, cap):
                score[one.row] = score.get(one.row, 0.0) + 1.0 / log(2 + len(rows))
                via.setdefault(one.row, []).append(name)
        return [
            FoundRow(one.row, one.entry, one.score, tuple(via[one.row]))
            for one in self.found(score.items())
        ]

    def fitting(self, found: Iterable[FoundRow], symptoms: Sequence[str]) -> list[FoundRow]:
        """Give the cards by shared symptoms and closeness of vehicle, best first."""
        held = [
            (one, tuple(s for s in one.entry.symptoms if s in symptoms), self._level(one.entry))
            for one in found
        ]
        fit = [
            (-one.score, FoundRow(one.row, one.entry, 2.0 * len(via) + level, via))
            for one, via, level in held
        ]
        return [one for _, one in sorted(fit, key=lambda f: (-f[1].score, f[0], *f[1].ties))]

    def hits(self, found: Sequence[FoundRow]) -> list[CardHit]:
        """Give them as hits, with marks that are held against the report."""
        cosines = self._cosines(found)
        return [
            CardHit(
                card=one.entry.id,
                score=one.score,
                via=tuple(sorted(one.via)),
                marks=self._marks(one.entry, cosine),
            )
            for one, cosine in zip(found, cosines, strict=True)
        ]

    def _open(self, scored: Iterable[tuple[int, float]]) -> Iterator[FoundRow]:
        for row, score in scored:
            entry = self.index.entry(row)
            if entry is not None and self._is_open(entry):
                yield FoundRow(row, entry, score)

    def _marks(self, entry: IndexedCard, cosine: float) -> CardMarks:
        like = self.beside.embedding
        return CardMarks(
            id=entry.id,
            codes=entry.codes,
            symptoms=entry.symptoms,
            vehicle_level=VehicleLevel(self._level(entry)),
            models=entry.models,
            cosine=cosine if like is not None and entry.model == like.model else None,
        )

    def _cosines(self, found: Sequence[FoundRow]) -> list[float]:
        like = self.beside.embedding
        if like is None or len(like.vector) != self.index.vectors.size:
            return [0.0] * len(found)
        vector = np.asarray(like.vector, np.float32)
        return self.index.vectors.cosines(vector, [one.row for one in found]).tolist()

    def _alike(self, rows: Rows, cosines: Numbers, model: str) -> list[FoundRow]:
        found = self.found(zip(rows.tolist(), cosines.tolist(), strict=True))
        return [one for one in found if one.entry.model == model]

    def _allowed(self, model: str) -> NDArray[np.bool_]:
        entries = map(self.index.entry, range(self.index.count))
        fit = (e is not None and e.model == model and self._is_open(e) for e in entries)
        return np.fromiter(fit, np.bool_, self.index.count)

    def _is_open(self, entry: IndexedCard) -> bool:
        return self.places is None or not self.places.isdisjoint(entry.places)

    def _level(self, entry: IndexedCard) -> int:
        return sum(key in entry.fits for key in self.fits)
