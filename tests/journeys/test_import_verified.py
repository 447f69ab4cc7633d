"""The cards of an import are provisional until a second person has read and verified them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.access import SEES_ALL
from domain.cards import CardStatus
from graph.imports import ImportStore
from ingest import cards_file
from ingest.imports import LoggedImport, import_batch, new_record
from tests.commands import called, place
from web.local.stores import StoreUrls
from web.wiring import Runtime

pytestmark = pytest.mark.journey
NOW = datetime(2026, 11, 29, tzinfo=UTC)
CARD = (
    "title,symptom_text,cause,steps,make,model\nFuse blows,Dead at key on,Short,Look,Ather,450X\n"
)


async def test_a_second_person_verifies_the_cards_of_an_import(
    house: Runtime, stores: StoreUrls, tmp_path: Path
) -> None:
    file = tmp_path / "cards.csv"
    file.write_text(CARD, encoding="utf-8")
    logged = LoggedImport(record=new_record("cards", file.name, NOW), log=ImportStore(house.graph))
    batch = cards_file.read_cards(file, NOW.date())
    report = await import_batch(batch, house, logged=logged)
    [card] = batch.cards
    assert report.id is not None
    where = place(stores, house.settings.home)

    unknown = await asyncio.to_thread(called, "ingest", "verify", "imp_none", "--by", "bo", **where)
    assert unknown[0] != 0
    assert "imp_none" in unknown[2]
    assert (await house.cards.get(card.id, SEES_ALL)).status is CardStatus.PROVISIONAL

    code, said, _ = await asyncio.to_thread(
        called, "ingest", "verify", report.id, "--by", "bo", **where
    )
    assert (code, said.splitlines()[0]) == (0, "1 cards are verified.")
    verified = await house.cards.get(card.id, SEES_ALL)
    assert verified.status is CardStatus.VERIFIED
    assert verified.verification is not None
    assert verified.verification.by == "bo"
