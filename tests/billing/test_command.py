"""`battwheels audit` as another process: what it prints, and how it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from billing.books import Books
from billing.garages import Garages
from billing.ledger import Ledger, Ticketed
from domain.ids import TicketId
from records.database import Records
from tests.billing.booked import PROFILE, deed, invoice
from web import bookkeeping
from web.local.stores import StoreUrls
from web.settings import Settings

MAIN = "from web.cli.main import main; main()"


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
    return {
        "BATTWHEELS_HOME": str(tmp_path),
        "NEO4J_URI": stores.neo4j_uri,
        "NEO4J_PASSWORD": stores.neo4j_password,
        "POSTGRES_URL": stores.postgres_url,
        "REDIS_URL": stores.redis_url,
    }


def _called(place: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", MAIN, "audit", *arguments],
        env=os.environ | place,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


async def test_audit_is_anchored_verified_and_found_bent(
    records: Records, place: dict[str, str]
) -> None:
    anchored = _called(place, "anchor")
    verified = _called(place, "verify")
    async with records.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update money_event set actor = 'somebody' where n = 2")
    bent = _called(place, "verify")
    assert anchored[:2] == (
        0,
        f"1 chains anchored in {place['BATTWHEELS_HOME']}/audit/anchors.jsonl.\n",
    )
    assert verified[:2] == (0, "3 events and 9 rows are as they were written; 1 anchors hold.\n")
    assert (bent[0], bent[1]) == (1, "")
    assert bent[2].startswith("garage_pune, event 2: invoice.create of inv_")
    assert bent[2].endswith(" was altered\n")
