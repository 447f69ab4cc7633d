"""History as Parquet: it comes back as it was, and what is torn or lacks a column is refused."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from domain.codes import CodeKey
from domain.errors import InvalidInput
from domain.ids import CardId, GarageId, PersonId, TicketId, VehicleId
from domain.repair_history import CardRecord, RepairHistory, RepairRecord, RepairTry, ShownPlace
from gnn.history_files import (
    CARD_COLUMNS,
    REPAIR_COLUMNS,
    REPAIRS_FILE,
    read_history,
    write_history,
)

OPENED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CLOSED = datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
CARD = CardId("fc_contactor")
REPAIR = RepairRecord(
    ticket=TicketId("tkt_1"),
    garage=GarageId("gar_pune"),
    technician=PersonId("per_asha"),
    vehicle=VehicleId("veh_1"),
    make="Ather",
    model="450X",
    opened_at=OPENED,
    closed_at=CLOSED,
    text="गाड़ी चालू नहीं होती",
    worked=True,
    year=2024,
    symptoms=("SYM_CONN_001",),
    codes=(CodeKey("sae:P0A80"),),
    shown=(ShownPlace(card=CARD, rank=1, score=0.5, ranker="evidence", at=OPENED),),
    tries=(RepairTry(card=CARD, worked=True, at=CLOSED, minutes=40, parts=("prt_1",)),),
    resolved_by=CARD,
    rating=5,
)
CARDS = CardRecord(
    card=CARD,
    created_at=OPENED,
    title="Contactor does not close",
    symptom_text="No drive, a click is missing.",
    cause="Coil open",
    fix="Replace the contactor",
    severity="high",
    makes=("Ather",),
    verified_at=CLOSED,
)
HISTORY = RepairHistory((REPAIR,), (CARDS,))


def test_history_comes_back_as_written(tmp_path: Path) -> None:
    write_history(tmp_path, HISTORY)

    assert read_history(tmp_path) == HISTORY


def test_columns_are_the_fields() -> None:
    assert set(REPAIR_COLUMNS.names) == {one.name for one in fields(RepairRecord)}
    assert set(CARD_COLUMNS.names) == {one.name for one in fields(CardRecord)}


def test_missing_column_is_named(tmp_path: Path) -> None:
    write_history(tmp_path, HISTORY)
    table = pq.read_table(tmp_path / REPAIRS_FILE)
    pq.write_table(table.drop_columns(["worked"]), tmp_path / REPAIRS_FILE)

    with pytest.raises(InvalidInput, match=r"repairs\.parquet lacks the columns worked"):
        read_history(tmp_path)


def test_torn_file_is_refused(tmp_path: Path) -> None:
    write_history(tmp_path, HISTORY)
    whole = (tmp_path / REPAIRS_FILE).read_bytes()
    (tmp_path / REPAIRS_FILE).write_bytes(whole[: len(whole) // 2])

    with pytest.raises(InvalidInput, match="cannot be read as Parquet"):
        read_history(tmp_path)


def test_nothing_of_later_is_known() -> None:
    assert HISTORY.until(CLOSED) == RepairHistory((), (replace(CARDS, verified_at=None),))
    assert HISTORY.until(OPENED) == RepairHistory((), ())
