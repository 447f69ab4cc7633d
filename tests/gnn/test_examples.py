"""Examples out of closed, rated repairs: their keys, labels, weights, balance and files."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from math import exp, log
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.ids import CardId, TicketId
from domain.personal_data import holds_personal
from domain.repair_history import RepairHistory
from gnn.example_files import BALANCED, read_examples, store_examples, write_balanced
from gnn.examples import (
    OWN_WAY,
    KeyedExample,
    balance_examples,
    build_examples,
    expert_weight,
    rarity_weight,
    recency_weight,
)
from tests.gnn.test_history_files import CARD, CARDS, CLOSED, REPAIR

NOW = CLOSED + timedelta(days=90)
VERIFIED = replace(CARDS, verified_at=CLOSED - timedelta(days=1))
REPAIRED = replace(REPAIR, cause="coil open", firmware="4.2", odometer_km=18_400)


def built(*repairs: object, card: object = VERIFIED) -> tuple[KeyedExample, ...]:
    return build_examples(RepairHistory(repairs, (card,)), NOW)  # pyright: ignore[reportArgumentType]


@pytest.mark.row("TD-2")
def test_example_has_exactly_the_named_keys(tmp_path: Path) -> None:
    (one,) = built(REPAIRED)
    assert asdict(one.example) == {
        "input": {
            "symptoms": ("SYM_CONN_001",),
            "vehicle": {
                "make": "Ather",
                "model": "450X",
                "variant": None,
                "year": 2024,
                "mileage_km": 18_400,
                "firmware": "4.2",
            },
            "error_codes": (CodeKey("sae:P0A80"),),
        },
        "output": {
            "root_cause": "coil open",
            "solution_used": CARD,
            "parts_used": ("prt_1",),
        },
        "label": {"success": True, "first_time_fix": True},
        "weight": exp(-1) * (1 / log(2)) * 2.0,
    }
    store_examples(tmp_path, [one])
    assert read_examples(tmp_path) == (one,)


@pytest.mark.row("TD-3")
@pytest.mark.parametrize(("stars", "success"), [(3, False), (4, True), (5, True)])
def test_four_stars_are_a_success(stars: int, success: bool) -> None:
    (one,) = built(replace(REPAIR, rating=stars))
    assert one.example.label.success is success


@pytest.mark.row("TD-4")
def test_what_came_back_is_no_first_time_fix() -> None:
    held, back = built(REPAIR, replace(REPAIR, ticket=TicketId("tkt_2"), came_back=True))
    assert [held.example.label.first_time_fix, back.example.label.first_time_fix] == [True, False]


def test_unrated_repair_is_no_example() -> None:
    assert built(replace(REPAIR, rating=None)) == ()


@pytest.mark.row("TD-5")
def test_ninety_days_weigh_a_third() -> None:
    days = [timedelta(days=-1), timedelta(), timedelta(days=90)]
    assert [round(recency_weight(age), 4) for age in days] == [1.0, 1.0, 0.3679]


@pytest.mark.row("TD-6")
def test_rare_failures_weigh_more() -> None:
    assert [round(rarity_weight(n), 4) for n in (0, 1, 2, 100)] == [1.4427, 1.4427, 0.9102, 0.2167]


@pytest.mark.row("TD-7")
def test_weight_is_the_product_of_three() -> None:
    assert [expert_weight(verified=told) for told in (True, False)] == [2.0, 1.0]
    by_now = replace(CARDS, verified_at=CLOSED + timedelta(days=1))
    twice = [REPAIR, replace(REPAIR, ticket=TicketId("tkt_2"), closed_at=CLOSED)]
    assert [one.example.weight for one in built(*twice, card=by_now)] == [exp(-1) / log(3)] * 2


@pytest.mark.row("TD-8")
@pytest.mark.parametrize("share", [0.5, 0.3, 0.8])
def test_balanced_shares_are_as_configured(share: float, tmp_path: Path) -> None:
    """Of what may be learned from; the newest tenth, to judge by, is in no balanced set."""
    many = built(
        *(
            replace(
                REPAIR,
                ticket=TicketId(f"tkt_{n}"),
                rating=5 if n % 10 else 2,
                closed_at=CLOSED + timedelta(seconds=n),
            )
            for n in range(3_000)
        )
    )
    store_examples(tmp_path, many)
    size = write_balanced(tmp_path, share, seed=3)
    kept = read_examples(tmp_path / BALANCED)
    assert (len(kept), len(read_examples(tmp_path))) == (size, len(many))
    assert max(one.closed_at for one in kept) < many[2_700].closed_at
    good = sum(one.example.label.success for one in kept) / len(kept)
    assert abs(good - share) <= 0.01
    assert len(kept) >= 270
    assert (write_balanced(tmp_path, share, seed=3), read_examples(tmp_path / BALANCED)) == (
        size,
        kept,
    )
    assert balance_examples(many[1:10], share, seed=3) == many[1:10]


@pytest.mark.row("TD-9")
def test_same_range_again_adds_nothing(tmp_path: Path) -> None:
    april = replace(REPAIR, ticket=TicketId("tkt_2"), closed_at=datetime(2026, 4, 2, tzinfo=UTC))
    assert store_examples(tmp_path, built(REPAIR, april)) == 2
    back = built(replace(REPAIR, came_back=True), april)
    assert store_examples(tmp_path, back) == 0
    assert read_examples(tmp_path) == back
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2026-03.parquet",
        "2026-04.parquet",
    ]


@pytest.mark.row("TD-10")
def test_nothing_exported_tells_who_somebody_is(tmp_path: Path) -> None:
    told = "call Ravi on +91 98765 43210, MH12AB1234"
    typed = replace(
        REPAIR, cause=told, firmware=told, model=told, text=told, tries=(), resolved_by=None
    )
    (one,) = built(typed)
    store_examples(tmp_path, [one])
    written = str(pq.read_table(tmp_path / "2026-03.parquet").to_pylist())
    assert one.example.output.solution_used == OWN_WAY
    assert "[phone], [plate]" in written
    assert not holds_personal(written)
    assert not any(name in written for name in ("gar_pune", "per_asha", "veh_1"))


def test_what_was_not_masked_is_refused(tmp_path: Path) -> None:
    (one,) = built(REPAIR)
    output = replace(one.example.output, root_cause="ask 98765 43210")
    told = replace(one, example=replace(one.example, output=output))
    with pytest.raises(InvalidInput, match=r"example\.output\.root_cause: of tkt_1"):
        store_examples(tmp_path, [told])
    assert list(tmp_path.iterdir()) == []


def test_other_columns_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"ticket": ["tkt_1"]}), tmp_path / "2026-03.parquet")
    with pytest.raises(InvalidInput, match="other columns"):
        store_examples(tmp_path, built(REPAIR))


def test_card_ids_are_no_telephone_numbers(tmp_path: Path) -> None:
    card = CardId("fc_98765-43210")
    assert store_examples(tmp_path, built(replace(REPAIR, resolved_by=card))) == 1
