"""Small synthetic histories: failures with words, symptoms and codes, and repairs of them."""

import random
from datetime import UTC, datetime, timedelta

from domain.codes import CodeKey
from domain.ids import CardId, GarageId, TicketId, VehicleId
from domain.repair_history import CardRecord, RepairHistory, RepairRecord, RepairTry

STARTS = datetime(2026, 1, 1, tzinfo=UTC)
MODELS = (("Ather", "450X"), ("Tata", "Nexon"), ("Ola", "S1"))


def small_world(seed: int, repairs: int = 60, failures: int = 6) -> RepairHistory:
    """Give a history whose odd failures share symptoms, and half of whose cards come late."""
    chance = random.Random(seed)  # noqa: S311 - a test
    cards = tuple(_card(n, chance, repairs) for n in range(failures))
    return RepairHistory(tuple(_repair(n, chance, cards) for n in range(repairs)), cards)


def _card(n: int, chance: random.Random, repairs: int) -> CardRecord:
    late = n % 2 * chance.randrange(repairs)
    make, model = MODELS[n % 3]
    return CardRecord(
        card=CardId(f"fc_{n}"),
        created_at=STARTS + timedelta(hours=late) - timedelta(days=1),
        title=f"Failure {_word(n)}",
        symptom_text=f"The {_word(n)} is dark",
        cause=f"{_word(n)} worn",
        fix=f"Replace the {_word(n)}",
        severity="high",
        component=f"component {n % 4}",
        symptoms=(f"symptom {n // 2}",),
        codes=(CodeKey(f"sae:P0A{n:02d}"),),
        makes=(make,),
        models=(f"{make}-{model}-2024".lower(),),
        parts=(f"part {n}",),
        synthetic=True,
    )


def _repair(n: int, chance: random.Random, cards: tuple[CardRecord, ...]) -> RepairRecord:
    failure = chance.randrange(len(cards))
    wrong = cards[(failure + 1) % len(cards)].card
    opened = STARTS + timedelta(hours=n, minutes=chance.randrange(60))
    closed = opened + timedelta(hours=chance.randrange(1, 9))
    known = cards[failure].created_at < opened
    make, model = MODELS[failure % 3]
    tries = [RepairTry(card=wrong, worked=False, at=closed)] if chance.random() < 0.3 else []
    return RepairRecord(
        ticket=TicketId(f"tkt_{n:04d}"),
        garage=GarageId("gar_pune"),
        technician=None,
        vehicle=VehicleId(f"veh_{n}"),
        make=make,
        model=model,
        opened_at=opened,
        closed_at=closed,
        text=f"the {_word(failure)} बंद है since {chance.randrange(9)} days",
        worked=True,
        symptoms=(f"symptom {failure // 2}",),
        codes=(CodeKey(f"sae:P0A{failure:02d}"),) if chance.random() < 0.5 else (),
        climate=chance.choice(("hot_dry", "cool_hills")),
        tries=tuple(tries),
        resolved_by=cards[failure].card if known else None,
        came_back=chance.random() < 0.1,
        synthetic=True,
    )


def _word(n: int) -> str:
    return ("lamp", "contactor", "charger", "throttle", "horn", "display", "motor", "fan")[n % 8]
