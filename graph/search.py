"""Finding cards: by code, by vehicle and symptom, by meaning, by words, by neighbours; and facts.

Each source is one or two index-backed queries with every hop capped, narrowed inside the query to
searchable states and to what the viewer may see.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import add
from time import monotonic
from typing import cast

from domain.access import Viewer
from domain.cards import NEUTRAL, CardSource, CardStatus, Severity
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
from graph.visibility import LISTED, hidden_from, mark, places_of, seen_by

QUERIES = named("search.cypher")
# The most cards looked at behind one code, and behind one symptom or component.
CODE_CAP = 80
CAP = 40
COMPONENTS = 6
CAUSES = 8
CARDS_OF_CAUSE = 25
# HNSW finds more of the true neighbours when it is asked for more than are wanted.
NEAR_LEAST = 50
NEAR_MARGIN = 16
NEAR_MOST = 1_000
NEAR_OF_MODEL = 120
TICKETS = 50
# Full text pays for each card that holds a word: a large graph is asked for the weightiest words.
WORDS_MOST = 128
WORDS_LEAST = 24
LOOKS = 2_400_000
COUNT_SECONDS = 60.0
# No card has an embedding of this size: asking for it finds none.
NO_SIZE = 1
NO_COMPONENT: Row = {"name": None, "subsystem": None}


class Search:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._cards = 0
        self._counted = -COUNT_SECONDS

    async def warm(self) -> None:
        """Ask every source once: the server plans a query when it first sees it."""
        nowhere = VehicleContext(make="none", model="none", year=2020)
        sizes = await self._graph.embedding_sizes()
        for viewer in (
            Viewer(garage=GarageId("garage_none"), region="none"),
            Viewer(sees_all=True),
        ):
            await self.by_codes([CodeKey("sae:P0000")], viewer, 1)
            await self.by_vehicle(nowhere, ["SYM_NONE_000"], viewer, 1)
            await self.by_words("none", viewer, 1)
            await self.by_neighbours([CodeKey("sae:P0000")], ["SYM_NONE_000"], nowhere, viewer, 1)
            for size in sorted(sizes):
                some = Embedding(model="none", vector=[1.0] * size)
                await self.by_meaning(some, viewer, 1)
                await self.facts([], nowhere, viewer, like=some)

    async def by_codes(self, keys: Sequence[CodeKey], viewer: Viewer, limit: int) -> list[Hit]:
        """Give the cards that report most of these codes, rare codes before common ones."""
        if not keys:
            return []
        return await self._hits("by_codes", viewer, keys=_unique(keys), cap=CODE_CAP, limit=limit)

    async def by_vehicle(
        self, vehicle: VehicleContext, symptoms: Sequence[str], viewer: Viewer, limit: int
    ) -> list[Hit]:
        """Give cards by shared symptoms and closeness of vehicle; either may be unknown.

        Other vehicles with these symptoms are asked for where the model's own cards are few.
        """
        fits = fit_keys(vehicle)
        wanted = {"symptoms": _unique(symptoms), "fits": fits, "limit": limit}
        found = await self._of_model(fits, viewer, wanted) if vehicle.model else []
        if symptoms and 2 * len(found) < limit:
            found += await self._hits("by_symptoms", viewer, cap=CAP, **wanted)
        return _best(found, max)[:limit]

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]:
        """Give the cards whose text is nearest; the score is the cosine.

        Raises:
            InvalidInput: no index has this size of embedding.
        """
        check_sizes([embedding], await self._graph.embedding_sizes())
        near = min(max(limit + NEAR_MARGIN, NEAR_LEAST), NEAR_MOST)
        while True:
            found = await self._near(embedding, viewer, near, make)
            hits = [Hit(card=CardId(r["card"]), score=r["score"]) for r in found if r["fits"]]
            # Cards listed for others, or of another model, can crowd the nearest out: look further.
            if len(hits) >= limit or len(found) < near or near == NEAR_MOST:
                return hits[:limit]
            near = min(4 * near, NEAR_MOST)

    async def by_words(
        self, text: str, viewer: Viewer, limit: int, make: str | None = None
    ) -> list[Hit]:
        """Give the cards that share most words with a text; the score is Lucene's BM25."""
        asked = words.terms(text, await self._words_paid_for())
        if not asked:
            return []
        query = words.query(asked, f"{_of_make(make)} {hidden_from(viewer)}")
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
        wanted = {"keys": _unique(codes), "fits": fit_keys(vehicle), "limit": limit}
        components = self._hits(
            "by_components",
            viewer,
            symptoms=_unique(symptoms),
            components=COMPONENTS,
            cap=CAP,
            **wanted,
        )
        asked = [components]
        if codes:
            few = {"few": CARDS_OF_CAUSE, "causes": CAUSES}
            asked.append(self._hits("by_causes", viewer, **few, **wanted))
        found = [hit for hits in await asyncio.gather(*asked) for hit in hits]
        return _best(found, add)[:limit]

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
        known = {k["id"]: k for row in found for k in row["components"]}
        return {
            facts.id: facts for row in found for facts in (_facts(c, known) for c in row["cards"])
        }

    async def recent(self, garage: GarageId | None, viewer: Viewer, limit: int) -> list[Hit]:
        """Give the cards last shown or tried in this garage, the newest first."""
        if garage is None:
            return []
        wanted = {"garage_id": garage, "tickets": TICKETS, "limit": limit}
        return await self._hits("recent", viewer, **wanted)

    async def _of_model(
        self, fits: Sequence[str], viewer: Viewer, wanted: Mapping[str, object]
    ) -> list[Hit]:
        near = words.marked(fits, cast("list[str]", wanted["symptoms"]))
        query = f"{near} {hidden_from(viewer)}"
        return await self._hits("by_vehicle", viewer, query=query, near=NEAR_OF_MODEL, **wanted)

    async def _words_paid_for(self) -> int:
        """Give how many words may be asked for, by the number of cards there are about now."""
        now = monotonic()
        if now - self._counted > COUNT_SECONDS:
            [row] = await self._graph.read(QUERIES["cards"])
            self._cards, self._counted = row["cards"], now
        return max(WORDS_LEAST, min(WORDS_MOST, LOOKS // max(1, self._cards)))

    async def _near(
        self, embedding: Embedding, viewer: Viewer, near: int, make: str | None
    ) -> list[Row]:
        name = f"by_meaning{'' if viewer.sees_all else '_seen'}{'' if make is None else '_make'}"
        return await self._graph.entries(
            sized(QUERIES[name], len(embedding.vector)),
            vector=embedding.vector,
            model=embedding.model,
            near=near,
            places=[*places_of(viewer), LISTED],
            makes=[name_key(make) if make else ANY_MAKE, ANY_MAKE],
            **seen_by(viewer),
        )

    async def _hits(self, name: str, viewer: Viewer, **parameters: object) -> list[Hit]:
        query = QUERIES[name]
        found = await self._graph.entries(query, **parameters, **seen_by(viewer))
        return [
            Hit(card=CardId(r["card"]), score=r["score"], via=tuple(sorted(r.get("via", ()))))
            for r in found
        ]


def _of_make(make: str | None) -> str:
    if make is None:
        return ""
    return f"+marks:({mark('make', make.casefold())} {mark('make', ANY_MAKE)})^0"


def _best(hits: Iterable[Hit], together: Callable[[float, float], float]) -> list[Hit]:
    """Give each card once, its scores taken together, the best first."""
    found: dict[CardId, Hit] = {}
    for hit in hits:
        other = found.get(hit.card)
        if other is not None:
            via = tuple(sorted({*other.via, *hit.via}))
            hit = Hit(card=hit.card, score=together(other.score, hit.score), via=via)  # noqa: PLW2901
        found[hit.card] = hit
    return sorted(found.values(), key=lambda hit: (-hit.score, hit.card))


def _facts(row: Row, known: Mapping[str, Row]) -> CardFacts:
    component = known.get(row["component"], NO_COMPONENT)
    return CardFacts(
        id=CardId(row["id"]),
        version=row["version"],
        title=row["title"],
        text=row["symptom_text"],
        status=CardStatus(row["status"]),
        source=CardSource(row["source"]),
        severity=Severity(row["severity"]),
        usage=usage(row),
        codes=tuple(CodeKey(key) for key in row["error_codes"]),
        symptoms=tuple(row["symptoms"]),
        component=row["component"],
        component_name=component["name"],
        subsystem=component["subsystem"],
        causes=tuple(row["causes"]),
        vehicle_level=VehicleLevel(row["level"]),
        campaign=row["campaign"],
        models=row["models"],
        cosine=row["cosine"],
        reputation=NEUTRAL if row["reputation"] is None else row["reputation"],
        recheck=row["recheck"],
    )


def _unique(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
