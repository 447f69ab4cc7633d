"""The truth of a simulated year, `truth.parquet` and `truth.json`.

Nothing that serves or trains may read it: benches and tests alone (docs/simulation.md).
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.causes import CauseKind
from simulation.columns import named, rows_of_lists
from simulation.journal import Journal
from simulation.plants import PlantKind
from simulation.speech import LANGUAGES

TRUTH_TABLE = "truth.parquet"
TRUTH_FILE = "truth.json"
FORM = 1


def write_truth(folder: Path, journal: Journal) -> None:
    """Write both files beside the journal."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(truth_table(journal), folder / TRUTH_TABLE)
    told = json.dumps(told_truth(journal), ensure_ascii=False, indent=1, default=str)
    (folder / TRUTH_FILE).write_text(f"{told}\n", encoding="utf-8")


def truth_table(journal: Journal) -> pa.Table:
    """Give for each ticket what was broken, and which cards would have been right."""
    year = journal.year
    cause = journal.whole("visits", "cause")
    second = journal.whole("visits", "second")
    plant = journal.whole("visits", "plant")
    again = np.concatenate([np.zeros(len(year.first.visits)), np.ones(len(year.again.visits))])
    right = right_cards(journal)
    ids = [c.id for c in year.world.causes]
    return pa.table(
        {
            "ticket": pa.array(journal.tickets, pa.string()),
            "failure": named([c.failure for c in year.world.causes], cause),
            "cause": named(ids, cause),
            "kind": named([str(c.kind) for c in year.world.causes], cause),
            "second_cause": named(ids, second),
            "true_symptoms": rows_of_lists([list(c.symptoms) for c in year.world.causes], cause),
            "told_symptoms": pa.array(journal.listed("told"), pa.list_(pa.string())),
            "right_cards": rows_of_lists(right, cause),
            "second_right_cards": rows_of_lists(
                [*right, []], np.where(second < 0, len(right), second)
            ),
            "plant": pa.array(plant.astype(np.int32), pa.int32(), mask=plant < 0),
            "wrong_codes": pa.array(journal.listed("wrong_codes"), pa.list_(pa.string())),
            "language": named(LANGUAGES, journal.whole("reports", "language")),
            "held_back_wording": pa.array(journal.whole("reports", "held_back"), pa.bool_()),
            "again": pa.array(again[journal.order] > 0, pa.bool_()),
        }
    )


def told_truth(journal: Journal) -> dict[str, Any]:
    """Give settings, plants, causes and cards in words."""
    year = journal.year
    deck = year.deck
    wrong = [journal.cards[n] for n in np.flatnonzero(~deck.right).tolist()]
    return {
        "form": FORM,
        "settings": asdict(year.world.settings),
        "repairs": len(journal.tickets),
        "plants": [plant.told(year.world.fleet, year.world.causes) for plant in year.world.plants],
        "generous_garage": next(
            f"garage_sim_{p.garage:03d}"
            for p in year.world.plants
            if p.kind is PlantKind.GENEROUS_GARAGE
        ),
        "wrong_cards": wrong,
        "causes": [asdict(c) for c in year.world.causes],
        "unknown_causes": [c.id for c in year.world.causes if c.kind is CauseKind.UNKNOWN],
        "cards": {
            card: year.world.causes[claims].id
            for card, claims in zip(journal.cards, deck.claims.tolist(), strict=True)
        },
    }


def right_cards(journal: Journal) -> list[list[str]]:
    """Give the cards that mend each cause, whenever they were written."""
    deck = journal.year.deck
    right: list[list[str]] = [[] for _ in journal.year.world.causes]
    for card, claims, holds in zip(
        journal.cards, deck.claims.tolist(), deck.right.tolist(), strict=True
    ):
        if holds:
            right[claims].append(card)
    return right
