"""Finding cards: by code, by vehicle and symptom, by meaning, by words, by neighbours; and facts.

Each source is one or two index-backed queries with every hop capped, narrowed inside the query to
searchable states and to what the viewer may see.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from domain.access import Viewer
from domain.card_life import SEARCHABLE
from domain.cards import CardSource, CardStatus, Severity
from domain.codes import CodeKey
from domain.ids import CardId, GarageId
from domain.matches import CardFacts, Embedding, Hit, VehicleLevel
from domain.vehicles import VehicleContext, name_key
from graph import words
from graph.card_rows import ANY_MAKE, fit_keys
from graph.card_writing import check_sizes
from graph.cards import usage
from graph.database import Graph, Row
from graph.queries import named, sized
from graph.visibility import LISTED, make_word, places_of, seen_by, status_word, viewer_words

QUERIES = named("search.cypher")
STATUSES = sorted(SEARCHABLE)
# The most cards looked at behind one code, symptom, model or component.
CAP = 300
MODELS = 12
# HNSW finds more of the true neighbours when it is asked for more than are wanted.
NEAR_LEAST = 50
NEAR_MOST = 1_000
TICKETS = 50
# No card has an embedding of this size: asking for it finds none.
NO_SIZE = 1


class Search:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def by_codes(self, keys: Sequence[CodeKey], viewer: Viewer, limit: int) -> list[Hit]:
        """Give the cards that report most of these codes, rare codes before common ones."""
        if not keys:
            return []
        return await self._hits("by_codes", viewer, keys=_unique(keys), cap=CAP, limit=limit)

    async def by_vehicle(
        self, vehicle: VehicleContext, symptoms: Sequence[str], viewer: Viewer, limit: int
    ) -> list[Hit]:
        """Give cards by shared symptoms and closeness of vehicle; either may be unknown."""
        wanted = {"symptoms": _unique(symptoms), "cap": CAP, "limit": limit}
        asked = [self._of_model(vehicle, viewer, wanted)] if vehicle.model else []
        if symptoms:
            fits = fit_keys(vehicle)
            asked.append(self._hits("by_symptoms", viewer, fits=fits, **wanted))
        found = [hit for hits in await asyncio.gather(*asked) for hit in hits]
        return _merged(found)[:limit]

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]:
        """Give the cards whose text is nearest; the score is the cosine.

        Raises:
            InvalidInput: no index has this size of embedding.
        """
        check_sizes([embedding], await self._graph.embedding_sizes())
        near = min(max(limit, NEAR_LEAST), NEAR_MOST)
        while True:
            found = await self._near(embedding, viewer, near, make)
            hits = [Hit(card=CardId(r["card"]), score=r["score"]) for r in found if r["visible"]]
            # Listed cards of other garages can crowd the nearest out: look further.
            if len(hits) >= limit or len(found) < near or near == NEAR_MOST:
                return hits[:limit]
            near = min(4 * near, NEAR_MOST)

    async def by_words(
        self, text: str, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]:
        """Give the cards that share most words with a text; the score is Lucene's BM25."""
        asked = words.terms(text)
        if not asked:
            return []
        query = words.query(asked, _scopes(viewer, make))
        return await self._hits("by_words", viewer, query=query, limit=limit)

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        vehicle: VehicleContext,
        viewer: Viewer,
        limit: int,
    ) -> list[Hit]:
        """Give cards one step further: of the same component, cause, or supplier."""
        if not codes and not symptoms:
            return []
        asked = {"keys": _unique(codes), "symptoms": _unique(symptoms)}
        fits = fit_keys(vehicle)
        return await self._hits("by_neighbours", viewer, **asked, fits=fits, cap=CAP, limit=limit)

    async def facts(
        self,
        ids: Sequence[CardId],
        vehicle: VehicleContext,
        viewer: Viewer,
        *,
        like: Embedding | None = None,
    ) -> dict[CardId, CardFacts]:
        """Give what is known of these cards; with `like`, also how alike its model finds them."""
        found = await self._graph.read(
            sized(QUERIES["facts"], len(like.vector) if like else NO_SIZE),
            ids=list(ids),
            fits=fit_keys(vehicle),
            like=like.vector if like else None,
            model=like.model if like else None,
            **seen_by(viewer),
        )
        return {facts.id: facts for facts in map(_facts, found)}

    async def recent(self, garage: GarageId | None, viewer: Viewer, limit: int) -> list[Hit]:
        """Give the cards last shown or tried in this garage, the newest first."""
        if garage is None:
            return []
        wanted = {"garage_id": garage, "tickets": TICKETS, "limit": limit}
        return await self._hits("recent", viewer, **wanted)

    async def _of_model(
        self, vehicle: VehicleContext, viewer: Viewer, wanted: Mapping[str, object]
    ) -> list[Hit]:
        asked = {
            "make": name_key(vehicle.make or ""),
            "model": name_key(vehicle.model or ""),
            "year": vehicle.year,
            "models": MODELS,
        }
        return await self._hits("by_vehicle", viewer, **asked, **wanted)

    async def _near(
        self, embedding: Embedding, viewer: Viewer, near: int, make: str | None
    ) -> list[Row]:
        name = f"by_meaning{'' if viewer.sees_all else '_seen'}{'' if make is None else '_make'}"
        return await self._graph.read(
            sized(QUERIES[name], len(embedding.vector)),
            vector=embedding.vector,
            model=embedding.model,
            statuses=STATUSES,
            near=near,
            places=[*places_of(viewer), LISTED],
            makes=[name_key(make) if make else ANY_MAKE, ANY_MAKE],
            **seen_by(viewer),
        )

    async def _hits(self, name: str, viewer: Viewer, **parameters: object) -> list[Hit]:
        query = QUERIES[name]
        found = await self._graph.read(query, statuses=STATUSES, **parameters, **seen_by(viewer))
        return [
            Hit(card=CardId(r["card"]), score=r["score"], via=tuple(sorted(r.get("via", ()))))
            for r in found
        ]


def _scopes(viewer: Viewer, make: str | None) -> list[list[str]]:
    scopes = [[status_word(status) for status in STATUSES]]
    if not viewer.sees_all:
        scopes.append(viewer_words(viewer))
    if make is not None:
        scopes.append([make_word(name_key(make)), make_word(ANY_MAKE)])
    return scopes


def _merged(hits: Iterable[Hit]) -> list[Hit]:
    """Give each card once with its best score, the best first."""
    best: dict[CardId, Hit] = {}
    for hit in hits:
        if hit.card not in best or hit.score > best[hit.card].score:
            best[hit.card] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.card))


def _facts(row: Row) -> CardFacts:
    return CardFacts(
        id=CardId(row["id"]),
        version=row["version"],
        title=row["title"],
        text=row["text"],
        status=CardStatus(row["status"]),
        source=CardSource(row["source"]),
        severity=Severity(row["severity"]),
        usage=usage(row["usage"]),
        codes=tuple(CodeKey(key) for key in row["codes"]),
        symptoms=tuple(row["symptoms"]),
        component=row["component"],
        component_name=row["component_name"],
        subsystem=row["subsystem"],
        causes=tuple(row["causes"]),
        vehicle_level=VehicleLevel(row["level"]),
        campaign=row["campaign"],
        models=row["models"],
        cosine=row["cosine"],
    )


def _unique(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
