"""A small history with a rule to be found in it: each card ends the repairs that say its word."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.codes import CodeKey
from domain.ids import CardId, GarageId, PersonId, TicketId, VehicleId
from domain.repair_history import CardRecord, RepairHistory, RepairRecord, RepairTry, ShownPlace

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("contactor", "charger", "bearing", "brake", "display", "fuse")
MODELS = ("450X", "S1", "iQube")
DAY = timedelta(days=1)


def small_history(repairs: int = 120, seed: int = 1) -> RepairHistory:
    """Give some repairs, one every eight hours; a third of their reports names no failing part.

    Which card ends those depends on the vehicle's model alone: nothing in their words tells it.
    """
    random = np.random.default_rng(seed)
    cards = tuple(_card(i) for i in range(len(WORDS)))
    return RepairHistory(tuple(_repair(n, random) for n in range(repairs)), cards)


def encode_words(texts: Sequence[str]) -> NDArray[np.float32]:
    """Give unit vectors by the words of `WORDS` alone: no model of language is at hand."""
    found = np.array([[1e-3, *(float(word in text) for word in WORDS)] for text in texts])
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def _card(i: int) -> CardRecord:
    return CardRecord(
        card=CardId(f"fc_{WORDS[i]}"),
        created_at=BEGIN - DAY,
        title=f"{WORDS[i]} fails",
        symptom_text=f"The {WORDS[i]} does not work",
        cause="worn",
        fix=f"Replace the {WORDS[i]}",
        severity="medium",
        component=f"c{i % 2}",
        makes=("Ather",),
    )


def _repair(n: int, random: np.random.Generator) -> RepairRecord:
    model, vague = int(random.integers(3)), n % 3 == 0
    right = 2 * model if vague else int(random.integers(len(WORDS)))
    opened = BEGIN + n * DAY / 3
    card, wrong = CardId(f"fc_{WORDS[right]}"), CardId(f"fc_{WORDS[(right + 1) % len(WORDS)]}")
    closed = opened + timedelta(hours=3)
    return RepairRecord(
        ticket=TicketId(f"tkt_{n:04d}"),
        garage=GarageId("garage_pune"),
        technician=PersonId("asha"),
        vehicle=VehicleId(f"veh_{n}"),
        make="Ather",
        model=MODELS[model],
        opened_at=opened,
        closed_at=closed,
        text="it does not run" if vague else f"the {WORDS[right]} is dead",
        worked=True,
        codes=(CodeKey(f"ather:E{right}"),) if n % 5 == 0 else (),
        shown=(
            ShownPlace(card=wrong, rank=1, score=2.0, ranker="evidence-1", at=opened),
            ShownPlace(card=card, rank=2, score=1.0, ranker="evidence-1", at=opened),
        ),
        tries=(
            *([RepairTry(card=wrong, worked=False, at=closed)] if n % 4 == 0 else []),
            RepairTry(card=card, worked=True, at=closed),
        ),
        resolved_by=card,
        rating=5,
        came_back=n % 20 == 7,
        synthetic=True,
    )
