"""What the graph network says of each card that was found, as the ranker reads it.

A match is told less of a report than its record holds in the end: `asked_report` leaves that, and
training and service ask the network by it alike. A report that the network may have learned from
gets no scores, as the ranker would trust them too much; its trees know what to do without.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from domain.cards import Severity
from domain.repair_history import RepairRecord
from gnn.learned_cards import CardScorer
from gnn.ranker_cases import RankerCase
from gnn.ranker_features import NETWORK, PLACES, network_columns

TOLD_EVERY = 200


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
    cases: Sequence[RankerCase],
    network: CardScorer,
    since: float = 0.0,
    tell: Callable[[float], None] = lambda _: None,
) -> list[RankerCase]:
    """Give the cases with the network's scores where the report came in `since` (Unix seconds)."""
    found = list[RankerCase]()
    for n, case in enumerate(cases):
        known = case.at.timestamp() >= since and len(case.cards) > 0
        found.append(_scored(case, network) if known else case)
        if n % TOLD_EVERY == 0:
            tell(n / len(cases))
    return found


def _scored(case: RankerCase, network: CardScorer) -> RankerCase:
    both, path = network.scores(asked_report(case.repair), case.cards)
    features, columns = case.features.copy(), network_columns(both, path)
    features[:, [PLACES[name] for name in NETWORK]] = np.column_stack(
        [columns[name] for name in NETWORK]
    )
    return replace(case, features=features)
