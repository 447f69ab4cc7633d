"""What the learned ranker reads of each card that was found for a report: one row, one definition.

A row is made from what the search found (`FoundCards`) and what is known of the cards
(`gnn.card_features`), by the service and by the training alike. What is not known is no number
(NaN), never 0: LightGBM has a way of its own for it, and a store that is silent lowers nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log, log1p, nan

import numpy as np
from numpy.typing import NDArray

from domain.cards import Severity
from domain.codes import CodeKey
from domain.ids import CardId
from domain.vehicles import VehicleContext
from gnn.card_features import CardFeatures, FeatureTable, complexity_gap, recency, report_kinds
from matching import evidence_ranker as evidence

Floats = NDArray[np.float64]

# By name: 1 where more may only raise a card, -1 where it may only lower it, 0 where neither holds.
MONOTONE = {
    "semantic_similarity": 1,
    "vehicle_match": 1,
    "historical_success": 1,
    "recency": 0,
    "complexity_gap": -1,
    "parts_availability": 1,
    "words": 1,
    "codes": 1,
    "symptoms": 1,
    "reach": 0,
    "evidence": 1,
    "evidence_behind": 1,
    "meaning_behind": 1,
    "words_behind": 1,
    "similar_repairs": 1,
    "similar_behind": 1,
    "share": 0,
    "model_lift": 1,
    "make_lift": 0,
    "firmware_lift": 1,
    "code_lift": 1,
    "symptom_lift": 1,
    "together": 1,
    "together_behind": 1,
    "uses": 0,
    "days_since_success": 0,
    "verified": 0,
    "reference": 0,
    "report_codes": 0,
    "report_symptoms": 0,
    "report_words": 0,
    "network": 1,
    "network_behind": 1,
    "network_path": 1,
    "network_path_behind": 1,
}
NAMES = tuple(MONOTONE)
# What a card has from its past alone: training hides it now and then, so that a card that nobody
# has used yet is judged by what it says.
HISTORY = (
    *("historical_success", "similar_repairs", "similar_behind", "share", "model_lift"),
    *("make_lift", "firmware_lift", "code_lift", "symptom_lift", "together", "together_behind"),
    *("uses", "days_since_success"),
)
NETWORK = ("network", "network_behind", "network_path", "network_path_behind")
PLACES = {name: place for place, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedReport:
    """What a report says, as far as ranking goes by it; `words`: how many of them are telling."""

    codes: tuple[CodeKey, ...]
    symptoms: tuple[str, ...]
    vehicle: VehicleContext
    severity: Severity | None
    words: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCards:
    """What the search found for one report; each array [cards], in the order of `cards`.

    Attributes:
        cosine: of report and card; words: full-text score.
        level: 0 (another make) to 3 (same year).
        codes: confidence of shared codes; symptoms: share of the reported ones; models: how many
            vehicle models it covers.
        similar: the share of like repairs that this card ended (`gnn.report_memory`).
        network, path: what the graph network says of it and by its paths alone, where it does.
        availability: the share of its parts that can be had.
    """

    cards: tuple[CardId, ...]
    cosine: Floats
    words: Floats
    level: Floats
    codes: Floats
    symptoms: Floats
    models: Floats
    similar: Floats | None = None
    network: Floats | None = None
    path: Floats | None = None
    availability: Floats | None = None


def feature_rows(report: RankedReport, found: FoundCards, table: FeatureTable) -> Floats:
    """Give the features of each card [cards, len(NAMES)]; one that no table knows has no past."""
    known = [table.cards.get(card) for card in found.cards]
    scores = evidence_scores(found)
    unknown = np.full(len(found.cards), nan)
    similar = unknown if found.similar is None else found.similar
    columns: dict[str, Floats] = {
        "semantic_similarity": found.cosine,
        "vehicle_match": vehicle_match(report.vehicle, found.level),
        "historical_success": _each(known, lambda card: card.success),
        "recency": _each(known, lambda card: recency(card.created_at, report.at)),
        "complexity_gap": _each(known, lambda card: complexity_gap(report.severity, card.severity)),
        "parts_availability": unknown if found.availability is None else found.availability,
        "words": found.words / (found.words.max(initial=0.0) or 1.0),
        "codes": found.codes,
        "symptoms": found.symptoms,
        "reach": np.log1p(found.models),
        "evidence": scores,
        "evidence_behind": _behind(scores),
        "meaning_behind": _behind(found.cosine),
        "words_behind": _behind(np.log1p(found.words)),
        "similar_repairs": similar,
        "similar_behind": _behind(similar),
        **_past_columns(report, known, table),
        "verified": _each(known, lambda card: float(card.verified)),
        "reference": _each(known, lambda card: float(card.reference)),
        "report_codes": np.full(len(known), float(len(report.codes))),
        "report_symptoms": np.full(len(known), float(len(report.symptoms))),
        "report_words": np.full(len(known), float(report.words)),
        **network_columns(
            unknown if found.network is None else found.network,
            unknown if found.path is None else found.path,
        ),
    }
    return np.column_stack([columns[name] for name in NAMES]).astype(np.float64)


def network_columns(network: Floats, path: Floats) -> dict[str, Floats]:
    """Give what is read of the network's scores [cards]; a path score of 0 says that none leads."""
    led = np.where(path == 0, nan, path)
    return {
        "network": network,
        "network_behind": _behind(network),
        "network_path": led,
        "network_path_behind": _behind(led),
    }


def evidence_scores(found: FoundCards) -> Floats:
    """Give the evidence ranker's own scores [cards] (`matching.evidence_ranker`)."""
    best = found.words.max(initial=0.0)
    reach = evidence.REACH if found.level.max(initial=0.0) < 2 else 0.0  # noqa: PLR2004 - VehicleLevel.MODEL
    return (
        evidence.WORDS * found.words / (best or 1.0)
        + evidence.MEANING * np.nan_to_num(found.cosine)
        + evidence.VEHICLE * found.level
        + reach * np.log1p(found.models)
        + evidence.CODES * found.codes
        + evidence.SYMPTOMS * found.symptoms
    )


def vehicle_match(reported: VehicleContext, level: Floats) -> Floats:
    """Give how much of make, model and year as reported is the card's too (after ML-32).

    It counts what the report names and no more: the Jaccard index would also count what the card
    names beyond it. No number where the report names none.
    """
    named = sum(one is not None for one in (reported.make, reported.model, reported.year))
    return np.minimum(level, named) / named if named else np.full(len(level), nan)


def _past_columns(
    report: RankedReport, known: Sequence[CardFeatures | None], table: FeatureTable
) -> dict[str, Floats]:
    """Give what like reports were solved by: ln of how much likelier each card is there."""
    kinds = report_kinds(report.codes, report.symptoms, report.vehicle)
    parts = {"make": 0.0, "model": 0.0, "firmware": 0.0, "code": 0.0, "symptom": 0.0}
    rows = [_lifts(card, kinds, parts, table) for card in known]
    lifts = {name: np.array([row[name] for row in rows]) for name in parts}
    shares = _each(known, lambda card: log(table.share(card)))
    together = shares + sum(np.nan_to_num(lift) for lift in lifts.values())
    return {
        **{f"{name}_lift": lift for name, lift in lifts.items()},
        "share": shares,
        "together": together,
        "together_behind": _behind(together),
        "uses": _each(known, lambda card: log1p(card.uses)),
        "days_since_success": _each(known, lambda card: _days_since(card, report.at)),
    }


def _lifts(
    card: CardFeatures | None, kinds: Sequence[str], parts: dict[str, float], table: FeatureTable
) -> dict[str, float]:
    if card is None:
        return dict.fromkeys(parts, nan)
    sums = dict(parts)
    for kind in kinds:
        sums[kind.partition(":")[0]] += table.lift(card, kind)
    return sums


def _days_since(card: CardFeatures, now: datetime) -> float:
    return nan if card.last_held is None else (now - card.last_held).total_seconds() / 86_400


def _behind(values: Floats) -> Floats:
    """Give how far each card lies behind the best one: 0 for that, else below."""
    known = values[~np.isnan(values)]
    return values - (known.max() if len(known) else 0.0)


def _each(known: Sequence[CardFeatures | None], value: Callable[[CardFeatures], float]) -> Floats:
    return np.array([nan if card is None else value(card) for card in known], dtype=np.float64)
