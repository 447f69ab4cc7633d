"""What the graph network says of each card that was found, as the ranker reads it.

A match is told less of a report than its record holds in the end: `asked_report` leaves that, and
training and service ask the network by it alike. A report that the network may have learned from
gets no scores, as the ranker would trust them too much; its trees know what to do without.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from domain.cards import Severity
from domain.repair_history import RepairRecord
from gnn.learned_cards import CardScorer, Floats
from gnn.ranker_cases import RankerCase
from gnn.ranker_features import NETWORK, PLACES, network_columns


def asked_report(repair: RepairRecord) -> RepairRecord:
    """Give a report with what a match is told of it: words, codes, symptoms, make and model."""
    return replace(
        repair,
        variant=None,
        battery_batch=None,
        supplier=None,
        climate=None,
        odometer_km=None,
        severity=Severity.CRITICAL if repair.severity == Severity.CRITICAL else None,
    )


def with_network(
    cases: Sequence[RankerCase], network: CardScorer, since: float = 0.0
) -> list[RankerCase]:
    """Give the cases with the network's scores where the report came in `since` (Unix seconds).

    The others have none, nor those of another network that they had before.
    """
    known = [n for n, case in enumerate(cases) if case.at.timestamp() >= since and case.cards]
    asked = [(asked_report(cases[n].repair), cases[n].cards) for n in known]
    found = [_scored(case, *[np.full(len(case.cards), np.nan)] * 2) for case in cases]
    for n, scores in zip(known, network.each(asked), strict=True):
        found[n] = _scored(cases[n], *scores)
    return found


def _scored(case: RankerCase, both: Floats, path: Floats) -> RankerCase:
    features, columns = case.features.copy(), network_columns(both, path)
    features[:, [PLACES[name] for name in NETWORK]] = np.column_stack(
        [columns[name] for name in NETWORK]
    )
    return replace(case, features=features)
