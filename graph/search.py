"""Finding cards: by code, by vehicle and symptom, by meaning, by words, by neighbours; and facts.

Each source is one or two index-backed queries with every hop capped, narrowed inside the query to
searchable states and to what the viewer may see.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from operator import add
from time import monotonic
from typing import Any, cast

from domain.access import Viewer
from domain.codes import CodeKey
from domain.ids import CardId, GarageId
from domain.matches import (
    NOTHING,
    CardFacts,
    CardHit,
    Embedding,
    ReportTraits,
    Source,
)
from domain.vehicles import ANY_MAKE, VehicleContext, make_key
from graph import full_text, hits
from graph.card_rows import fit_keys
from graph.card_writes import check_sizes
from graph.database import Graph, Row
from graph.hits import SearchHits
from graph.queries import named_queries, sized_query
from graph.visibility import LISTED, hidden_from, place_mark, places_of, viewer_parameters

QUERIES = named_queries("search.cypher")
# The most cards looked at behind one code, and behind one symptom or component.
CODE_CAP = 80
CAP = 40
COMPONENTS = 6
CAUSES = 8
CARDS_OF_CAUSE = 25
# HNSW finds more of the true neighbours when it is asked for more than are wanted; what is not
# wanted is never read from the store.
NEAR_LEAST = 128
NEAR_MARGIN = 8
NEAR_MOST = 1_000
NEAR_OF_MODEL = 60
TICKETS = 50
# Full text pays for each card that holds a word: a large graph is asked for the weightiest words.
WORDS_MOST = 128
WORDS_LEAST = 24
LOOKS = 2_400_000
COUNT_SECONDS = 60.0
# Nearest by meaning: the quick one, and the one that is narrowed to the viewer in the index.
NEAREST = ("by_meaning", "by_meaning_seen")
NEAREST_OF_MAKE = ("by_meaning_make", "by_meaning_seen_make")
LOOKED = {"words": "by_words", "vehicle": "by_vehicle"}
# What nobody reports, to warm the queries with.
NO_CODE = CodeKey("sae:P0000")
NO_SYMPTOM = "SYM_NONE_000"
NOWHERE = VehicleContext(make="none", model="none", year=2020)
STRANGERS = (Viewer(garage=GarageId("garage_none"), region="none"), Viewer(sees_all=True))


class CardSearch:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._cards = 0
        self._counted = -COUNT_SECONDS

    async def warm(self) -> None:
        """Ask every source once: the server plans a query when it first sees it."""
        sizes = sorted(await self._graph.embedding_sizes()) or [hits.NO_SIZE]
        for viewer, size in product(STRANGERS, sizes):
            some = Embedding(model="none", vector=[1.0] * size)
            beside = ReportTraits(vehicle=NOWHERE, embedding=some)
            await self.by_codes([NO_CODE], viewer, 1, beside)
            await self.by_vehicle([NO_SYMPTOM], viewer, 1, beside)
            await self.by_words("none", viewer, 1, beside=beside)
            limits = dict.fromkeys(Source, 1)
            await self.by_words_and_vehicle("none", [NO_SYMPTOM], viewer, limits, beside)
            await self.by_neighbours([NO_CODE], [NO_SYMPTOM], viewer, 1, beside)
            await self.facts([], viewer, ReportTraits(vehicle=NOWHERE))
            if size != hits.NO_SIZE:
                await self.by_meaning(some, viewer, 1, beside=beside)

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int, beside: ReportTraits = NOTHING
    ) -> list[CardHit]:
        """Give the cards that report most of these codes, rare codes before common ones."""
        if not keys:
            return []
        wanted = {"keys": unique_values(keys), "cap": CODE_CAP, "limit": limit}
        return (await self._found("by_codes", viewer, beside, wanted)).hits

    async def by_vehicle(
        self, symptoms: Sequence[str], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        """Give cards by shared symptoms and closeness of vehicle; either may be unknown.

        Other vehicles with these symptoms are asked for where the model's own cards are few.
        """
        found: list[CardHit] = []
        if beside.vehicle.model:
            wanted = _model_parameters(symptoms, limit, beside)
            found = await self._looked("vehicle", viewer, beside, wanted)
        return await self._with_symptoms(found, symptoms, viewer, limit, beside)

    async def by_meaning(
        self,
        embedding: Embedding,
        viewer: Viewer,
        limit: int,
        make: str | None = None,
        beside: ReportTraits = NOTHING,
    ) -> list[CardHit]:
        """Give the cards whose text is nearest; the score is the cosine.

        Raises:
            InvalidInput: no index has this size of embedding.
        """
        check_sizes([embedding], await self._graph.embedding_sizes())
        nearest, seen = NEAREST if make is None else NEAREST_OF_MAKE
        wanted: dict[str, object] = {
            "places": [*places_of(viewer), LISTED],
            "makes": [make_key(make), ANY_MAKE],
            "limit": limit,
        }
        beside = replace(beside, embedding=embedding)
        # To narrow by place in the index costs half the search again: as for words, it is done only
        # when cards of others crowd the nearest out.
        near = min(max(limit + NEAR_MARGIN, NEAR_LEAST), NEAR_MOST)
        found = await self._found(nearest, viewer, beside, wanted | {"near": near})
        narrowed = nearest if viewer.sees_all else seen
        while len(found.hits) < limit and found.looked == near < NEAR_MOST:
            # Cards listed for others, or of another model, can still crowd: look further.
            near = min(4 * near, NEAR_MOST)
            found = await self._found(narrowed, viewer, beside, wanted | {"near": near})
        return found.hits

    async def by_words(
        self,
        text: str,
        viewer: Viewer,
        limit: int,
        make: str | None = None,
        beside: ReportTraits = NOTHING,
    ) -> list[CardHit]:
        """Give the cards that share most words with a text; the score is Lucene's BM25."""
        asked = full_text.weighted_terms(text, await self._words_paid_for())
        if not asked:
            return []
        wanted = _word_parameters(asked, limit, make)
        return await self._looked("words", viewer, beside, wanted)

    async def by_words_and_vehicle(
        self,
        text: str,
        symptoms: Sequence[str],
        viewer: Viewer,
        limits: Mapping[Source, int],
        beside: ReportTraits,
    ) -> tuple[list[CardHit], list[CardHit]]:
        """Give what `by_words` and `by_vehicle` give, asked in one trip where both are known."""
        of_words, of_vehicle = limits[Source.WORDS], limits[Source.VEHICLE]
        asked = full_text.weighted_terms(text, await self._words_paid_for())
        if not asked or not beside.vehicle.model:
            apart = (
                self.by_words(text, viewer, of_words, beside=beside),
                self.by_vehicle(symptoms, viewer, of_vehicle, beside),
            )
            worded, fitting = await asyncio.gather(*apart)
            return worded, fitting
        wanted = _word_parameters(asked, of_words) | _model_parameters(symptoms, of_vehicle, beside)
        row = await self._row("by_words_and_vehicle", viewer, beside, wanted)
        found = {name: hits.search_hits(row[name]) for name in ("words", "vehicle")}
        worded = await self._looked("words", viewer, beside, wanted, found["words"])
        fitting = await self._looked("vehicle", viewer, beside, wanted, found["vehicle"])
        return worded, await self._with_symptoms(fitting, symptoms, viewer, of_vehicle, beside)

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: ReportTraits,
    ) -> list[CardHit]:
        """Give cards one step further: of the same component, cause, or supplier."""
        if not codes and not symptoms:
            return []
        wanted = {"keys": unique_values(codes), "limit": limit}
        of_components = {"symptoms": unique_values(symptoms), "components": COMPONENTS, "cap": CAP}
        asked = [self._found("by_components", viewer, beside, wanted | of_components)]
        if codes:
            few = {"few": CARDS_OF_CAUSE, "causes": CAUSES}
            asked.append(self._found("by_causes", viewer, beside, wanted | few))
        found = [hit for one in await asyncio.gather(*asked) for hit in one.hits]
        return best_hits(found, add)[:limit]

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: ReportTraits = NOTHING
    ) -> dict[CardId, CardFacts]:
        """Give what is known of these cards; with a meaning beside, also how alike they are."""
        query = sized_query(QUERIES["facts"], hits.vector_size(beside))
        [row] = await self._graph.read(
            query, ids=list(ids), **hits.query_parameters(viewer, beside)
        )
        return hits.card_facts(row)

    async def wordings(self, limit: int) -> list[str]:
        """Give the failure texts of some cards: a sample that words are counted in."""
        [row] = await self._graph.read(QUERIES["wordings"], limit=limit)
        return list(cast("list[str]", row["texts"]))

    async def recent(self, garage: GarageId | None, viewer: Viewer, limit: int) -> list[CardHit]:
        """Give the cards last shown or tried in this garage, the newest first."""
        if garage is None:
            return []
        wanted = {"garage_id": garage, "tickets": TICKETS, "limit": limit}
        found = await self._graph.entries(QUERIES["recent"], **wanted, **viewer_parameters(viewer))
        return [CardHit(card=CardId(one["card"]), score=one["score"]) for one in found]

    async def _with_symptoms(
        self,
        found: list[CardHit],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: ReportTraits,
    ) -> list[CardHit]:
        """Add other vehicles with these symptoms where the model's own cards are few."""
        if symptoms and 2 * len(found) < limit:
            wanted = {"symptoms": unique_values(symptoms), "limit": limit, "cap": CAP}
            found += (await self._found("by_symptoms", viewer, beside, wanted)).hits
        return best_hits(found, max)[:limit]

    async def _words_paid_for(self) -> int:
        """Give how many words may be asked for, by the number of cards there are about now."""
        now = monotonic()
        if now - self._counted > COUNT_SECONDS:
            [row] = await self._graph.read(QUERIES["cards"])
            self._cards, self._counted = row["cards"], now
        return words_paid_for(self._cards)

    async def _looked(
        self,
        source: str,
        viewer: Viewer,
        beside: ReportTraits,
        wanted: Mapping[str, object],
        found: SearchHits | None = None,
    ) -> list[CardHit]:
        """Ask the full-text index for its `near` best; ask again where others' cards crowd them.

        To strike out in the index what others alone may see costs three times the search itself,
        and most cards are for everyone: it is done only when too many of the best are theirs.
        `found` is what the first asking gave, if it was asked already.
        """
        asked = cast("Mapping[str, Any]", wanted[source])
        if found is None:
            found = await self._found(LOOKED[source], viewer, beside, wanted)
        if found.looked < asked["near"] or len(found.hits) >= asked["limit"]:
            return found.hits
        narrowed = {**asked, "query": f"{asked['query']} {hidden_from(viewer)}"}
        return (
            await self._found(LOOKED[source], viewer, beside, {**wanted, source: narrowed})
        ).hits

    async def _found(
        self, name: str, viewer: Viewer, beside: ReportTraits, wanted: Mapping[str, object]
    ) -> SearchHits:
        return hits.search_hits(await self._row(name, viewer, beside, wanted))

    async def _row(
        self, name: str, viewer: Viewer, beside: ReportTraits, wanted: Mapping[str, object]
    ) -> Row:
        query = sized_query(QUERIES[name], hits.vector_size(beside))
        [row] = await self._graph.read(query, **wanted, **hits.query_parameters(viewer, beside))
        return row


def words_paid_for(cards: int) -> int:
    """Give how many words may be asked for where there are so many cards."""
    return max(WORDS_LEAST, min(WORDS_MOST, LOOKS // max(1, cards)))


def _word_parameters(asked: Mapping[str, float], limit: int, make: str | None = None) -> Row:
    query = full_text.full_text_query(asked, _make_clause(make))
    return {"words": {"query": query, "near": limit + NEAR_MARGIN, "limit": limit}}


def _model_parameters(symptoms: Sequence[str], limit: int, beside: ReportTraits) -> Row:
    known = unique_values(symptoms)
    query = full_text.with_marks(fit_keys(beside.vehicle), known)
    asked = {"query": query, "near": NEAR_OF_MODEL, "limit": limit}
    return {"vehicle": asked, "symptoms": known}


def _make_clause(make: str | None) -> str:
    if make is None:
        return ""
    return f"+marks:({place_mark('make', make.casefold())} {place_mark('make', ANY_MAKE)})^0"


def best_hits(
    all_hits: Iterable[CardHit], together: Callable[[float, float], float]
) -> list[CardHit]:
    """Give each card once, its scores taken together, the best first."""
    found: dict[CardId, CardHit] = {}
    for hit in all_hits:
        other = found.get(hit.card)
        if other is not None:
            via = tuple(sorted({*other.via, *hit.via}))
            hit = replace(hit, score=together(other.score, hit.score), via=via)  # noqa: PLW2901
        found[hit.card] = hit
    return sorted(found.values(), key=lambda hit: (-hit.score, hit.card))


def unique_values(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
