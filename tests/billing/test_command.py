"""`battwheels audit` as another process: what it prints, and how it ends."""

from dataclasses import replace
from pathlib import Path

import pytest

from access.master_keys import MasterKeys
from billing.ledger.books import Books
from billing.ledger.invoices import InvoiceLedger, TicketInvoice
from billing.ledger.sellers import SellerStore
from domain.errors import UnsafeSetting
from domain.ids import TicketId
from records.database import Records
from tests import commands
from tests.billing.sample_books import DEEDS, PROFILE, deed, invoice, older_vault
from tests.commands import called
from tests.domain.samples import NOW
from web import anchors, billing, vault
from web.health import Parts
from web.local.stores import StoreUrls
from web.metrics import Metrics
from web.settings import Settings

BROKEN = "battwheels_part_broken"


@pytest.fixture
async def place(records: Records, stores: StoreUrls, tmp_path: Path) -> dict[str, str]:
    """The environment of a house with two invoices in its books."""
    vault = older_vault(Settings(home=tmp_path))
    books = Books(records, DEEDS)
    seller = await SellerStore(records, books).set(deed(), PROFILE, 0)
    ledger = InvoiceLedger(records, books, vault)
    for n in range(2):
        wanted = TicketInvoice(ticket=TicketId(f"tkt_{n}"), invoice=invoice(seller))
        await ledger.issue_invoice(deed(), seller, wanted)
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
    assert verified[:2] == (
        0,
        (
            "3 events and 9 rows of the database of POSTGRES_URL are as they were written; "
            "1 anchors hold.\n"
            "0 links of the one chain hold, and so do 0 checkpoints; 6 rows wait for their link.\n"
        ),
    )
    assert (bent[0], bent[1]) == (1, "")
    assert bent[2].startswith("garage_pune, event 2: invoice.create of inv_")
    assert bent[2].endswith(" was altered\n")


def test_an_audit_elsewhere_finds_no_books_and_starts_nothing(tmp_path: Path) -> None:
    for verb in ("verify", "anchor"):
        code, said, complained = called("audit", verb, BATTWHEELS_HOME=str(tmp_path))
        assert (code, said) == (1, "")
        assert complained == (
            f"There are no books in {tmp_path}. Go to the folder that holds the service's "
            ".battwheels, or set BATTWHEELS_HOME or POSTGRES_URL. Nothing was started.\n"
        )
    assert not (tmp_path / "postgres").exists()


def test_an_audit_of_empty_books_proves_nothing(
    records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    del records
    code, said, _ = called("audit", "verify", **commands.place(stores, tmp_path))
    assert (code, said) == (
        0,
        (
            "There are no books in the database of POSTGRES_URL yet: nothing was billed, "
            "nothing is proved.\n"
        ),
    )


async def test_a_missing_vault_key_is_named_before_anyone_reads(
    records: Records, place: dict[str, str], tmp_path: Path
) -> None:
    del place
    old = vault.read_master_keys(Settings(home=tmp_path))
    new = MasterKeys(current="new", masters={"new": b"n" * 32}, index_key=old.index_key)
    with pytest.raises(UnsafeSetting) as refused:
        await vault.open_data_keys(new, records).demand_all()
    assert str(refused.value) == (
        "BATTWHEELS_VAULT_KEYS: misses development: people are sealed with it. Put the old key "
        "back behind the current one, as NAME:BASE64; nothing was changed"
    )
    both = replace(new, masters={**new.masters, **old.masters})
    await vault.open_data_keys(both, records).demand_all()


async def test_a_broken_anchor_is_told_once_and_mends(
    records: Records, place: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    del place
    settings = Settings(home=tmp_path)
    right = anchors.build_anchors(settings, vault.read_master_keys(settings))
    await right.add_anchor(records, NOW)
    file = anchors.anchors_file(settings)
    written = file.read_bytes()
    file.write_bytes(written.replace(b"garage_pune", b"garage_goa_"))
    parts, metrics = Parts(), Metrics()
    keeper = billing.AnchorKeeper(
        anchors.build_anchors(settings, vault.read_master_keys(settings)), records
    )
    for _ in range(3):
        await keeper.keep(parts, metrics)
    told = [one for one in caplog.records if one.message == "anchoring stopped"]
    assert [vars(one)["do"] for one in told] == [billing.ANCHORS_OUT]
    assert parts.notes == {"anchors": vars(told[0])["reason"]}
    assert metrics.registry.get_sample_value(BROKEN, {"part": "anchors"}) == 1
    file.write_bytes(written)
    await keeper.keep(parts, metrics)
    assert parts.notes == {}
    assert metrics.registry.get_sample_value(BROKEN, {"part": "anchors"}) == 0
