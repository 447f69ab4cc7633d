"""`battwheels audit` as another process: what it prints, and how it ends."""

from pathlib import Path

import pytest

from billing.books import Books
from billing.garages import Garages
from billing.ledger import Ledger, Ticketed
from domain.ids import TicketId
from records.database import Records
from tests import commands
from tests.billing.booked import PROFILE, deed, invoice
from tests.commands import called
from web import bookkeeping
from web.local.stores import StoreUrls
from web.settings import Settings


@pytest.fixture
async def place(records: Records, stores: StoreUrls, tmp_path: Path) -> dict[str, str]:
    """The environment of a house with two invoices in its books."""
    vault = bookkeeping.vault(Settings(home=tmp_path))
    books = Books(records)
    seller = await Garages(records, books).set(deed(), PROFILE, 0)
    ledger = Ledger(records, books, vault)
    for n in range(2):
        wanted = Ticketed(ticket=TicketId(f"tkt_{n}"), invoice=invoice(seller))
        await ledger.issue(deed(), seller, wanted)
    return commands.place(stores, tmp_path)


async def test_audit_is_anchored_verified_and_found_bent(
    records: Records, place: dict[str, str]
) -> None:
    anchored = called("audit", "anchor", **place)
    verified = called("audit", "verify", **place)
    async with records.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update money_event set actor = 'somebody' where n = 2")
    bent = called("audit", "verify", **place)
    assert anchored[:2] == (
        0,
        f"1 chains anchored in {place['BATTWHEELS_HOME']}/audit/anchors.jsonl.\n",
    )
    assert verified[:2] == (0, "3 events and 9 rows are as they were written; 1 anchors hold.\n")
    assert (bent[0], bent[1]) == (1, "")
    assert bent[2].startswith("garage_pune, event 2: invoice.create of inv_")
    assert bent[2].endswith(" was altered\n")
