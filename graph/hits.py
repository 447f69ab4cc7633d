"""Rows of the search queries as hits and facts, and what the queries hold each card against."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import byteorder
from typing import Any

from neo4j.vector import Vector

from domain.access import Viewer
from domain.cards import NEUTRAL, CardSource, CardStatus, Severity
from domain.ids import CardId
from domain.matches import CardFacts, CardHit, CardMarks, Embedding, ReportTraits, VehicleLevel
from graph.card_rows import fit_keys
from graph.cards import read_usage
from graph.database import Row
from graph.visibility import viewer_parameters

# No card has an embedding of this size: asking for it finds none.
NO_SIZE = 1
NO_COMPONENT: Row = {"name": None, "subsystem": None}


@dataclass(frozen=True, slots=True)
class SearchHits:
    """What a query found, and how many hits its index gave before hidden ones were left out."""

    hits: list[CardHit]
    looked: int


def search_hits(row: Row) -> SearchHits:
    return SearchHits([_hit_of(hit) for hit in row["found"]], row.get("looked", 0))


def card_facts(row: Row) -> dict[CardId, CardFacts]:
    known = {component["id"]: component for component in row["components"]}
    return {card.id: card for card in (_facts_of_row(one, known) for one in row["cards"])}


def vector_size(beside: ReportTraits) -> int:
    return len(beside.embedding.vector) if beside.embedding else NO_SIZE


def pack_vector(embedding: Embedding) -> Vector:
    """Give the vector as the server takes it in one piece, not as hundreds of numbers."""
    return Vector(array("f", embedding.vector).tobytes(), "f32", byteorder=byteorder)


def query_parameters(viewer: Viewer, beside: ReportTraits) -> dict[str, object]:
    """Give the parameters of the fragments SEEN, LEVEL and COSINE, and what is looked for."""
    like = beside.embedding
    return viewer_parameters(viewer) | {
        "fits": fit_keys(beside.vehicle),
        "like": None if like is None else pack_vector(like),
        "model": like.model if like else None,
    }


def _hit_of(row: Sequence[Any]) -> CardHit:
    card, score, via, codes, symptoms, models, level, cosine = row
    marks = CardMarks(
        id=card,
        codes=tuple(codes),
        symptoms=tuple(symptoms),
        vehicle_level=VehicleLevel(level),
        models=models,
        cosine=cosine,
    )
    return CardHit(card=card, score=score, via=tuple(sorted(via)), marks=marks)


def _facts_of_row(row: Row, known: Mapping[str, Row]) -> CardFacts:
    component = known.get(row["component"], NO_COMPONENT)
    return CardFacts(
        id=CardId(row["id"]),
        version=row["version"],
        status=CardStatus(row["status"]),
        source=CardSource(row["source"]),
        title=row["title"],
        text=row["symptom_text"],
        severity=Severity(row["severity"]),
        usage=read_usage(row),
        reputation=NEUTRAL if row["reputation"] is None else row["reputation"],
        codes=tuple(row["error_codes"]),
        symptoms=tuple(row["symptoms"]),
        component=row["component"],
        component_name=component["name"],
        subsystem=component["subsystem"],
        causes=tuple(row["causes"]),
        vehicle_level=VehicleLevel(row["level"]),
        models=row["models"],
        cosine=row["cosine"],
        campaign=row["campaign"],
        recheck=row["recheck"],
        fits=tuple(row["fits"] or ()),
    )
