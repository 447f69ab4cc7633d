"""The audit names the first row that was touched, even by a superuser."""

from dataclasses import asdict, fields, replace
from datetime import date
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from billing.gst.e_invoice import CRORE
from billing.gst.irp import StandInPortal
from billing.ledger.anchors import AnchorFile
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books
from billing.ledger.invoices import TicketInvoice
from billing.ledger.payments import ReceivedMoney
from billing.ledger.postings import PaymentMethod
from billing.ledger.registrations import RegistrationStore
from billing.ledger.sellers import QUERIES
from billing.ledger.stock import StockDelta
from billing.ledger.till_closings import TillCount
from billing.ledger.verification import TamperedRow, verify_books
from domain.errors import Tampered
from domain.ids import TicketId
from graph.cards import CardStore
from graph.database import Graph
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from records.database import Records
from resolvers.services import BillingServices
from tests.billing.sample_books import (
    DEEDS,
    NOW,
    PROFILE,
    PUNE,
    VAULT,
    Desk,
    customer,
    deed,
    desk,
    invoice,
    synthetic_gstin,
)
from tests.web.test_settings import SAFE
from web.billing import open_billing
from web.breakers import Breakers
from web.settings import Settings
from web.vault import open_vault

KEY = b"k" * 32


@pytest.fixture
async def books(records: Records) -> Desk:
    """Five invoices, one of them paid: seven events with the settings."""
    books = desk(records)
    seller = await books.settled()
    papers = [await books.issue(seller, f"tkt_{n}") for n in range(5)]
    day = papers[0].invoice.date
    came = ReceivedMoney(paise=100, method=PaymentMethod.CASH, day=day)
    await books.payments.record_payment(deed(), papers[0].id, came)
    return books


async def _bend(books: Desk, *statements: LiteralString) -> None:
    """Do as a superuser who turns the triggers off."""
    async with books.records.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)


async def _touched(books: Desk, anchors: AnchorFile | None = None) -> tuple[str, str] | None:
    found = (await verify_books(books.records, anchors.read_anchors() if anchors else ())).touched
    return None if found is None else (found.where.split(" ")[0], found.reason)


async def test_untouched_books_hold(books: Desk) -> None:
    verdict = await verify_books(books.records)
    assert (verdict.events, verdict.touched) == (7, None)


@pytest.mark.row("IN-13")
@pytest.mark.parametrize(
    ("statement", "where", "reason"),
    [
        (
            "update money_event set actor = 'somebody' where n = 3",
            "event 3",
            "was altered",
        ),
        ("update money_event set body = '{\"rows\":[]}' where n = 4", "event 4", "was altered"),
        ("delete from money_event where n = 3", "event 3", "is missing"),
        (
            "delete from money_event where n = 7",
            "event 7",
            "is missing at the end of the chain",
        ),
        (
            """update money_event set n = case n when 3 then 104 when 4 then 103 else n end;
            update money_event set n = n - 100 where n > 100""",
            "event 3",
            "was altered",
        ),
        ("truncate money_event", "event 1", "is missing at the end of the chain"),
        (
            "update invoice set place_of_supply = '07' where number like '%%02'",
            "invoice",
            "altered",
        ),
        ("update invoice_line set description = 'x' where n = 1", "invoice", "was altered"),
        ("delete from invoice where number like '%%03'", "invoice", "is missing"),
        ("update entry set paise = paise * 2", "posting", "was altered"),
        ("update payment set paise = 99", "payment", "was altered"),
        ("delete from document where serial = 2", "document", "is missing"),
        (
            "update billing_setting set upi = 'thief@bank'",
            "setting garage_pune@1",
            "was altered",
        ),
        (
            "update billing_setting set upi = 'thief@bank', version = 2",
            "setting garage_pune@2",
            "was written past the audit",
        ),
        (
            "update invoice_balance set paid_paise = 1 where paid_paise = 100",
            "invoice_balance",
            "does not follow from what was written",
        ),
        (
            "delete from invoice_balance",
            "invoice_balance",
            "does not follow from what was written",
        ),
        (
            "update month_total set taxable_paise = taxable_paise - 1",
            "month_total 2026-11-01 invoice",
            "does not follow from what was written",
        ),
        (
            "update counter set last = last + 1",
            "counter PN1/2627",
            "does not follow from what was written",
        ),
        (
            """insert into posting (id, garage, kind, day, at, by_whom)
            values ('x', 'garage_pune', 'x', now(), now(), 'x')""",
            "posting x",
            "was written past the audit",
        ),
    ],
)
async def test_superuser_is_found_out(
    books: Desk, statement: LiteralString, where: str, reason: str
) -> None:
    await _bend(books, *statement.split(";"))  # pyright: ignore[reportArgumentType]
    found = (await verify_books(books.records)).touched
    assert found is not None
    assert found.garage == PUNE
    assert found.where.startswith(where)
    assert found.reason.endswith(reason)


@pytest.mark.row("IN-13")
@pytest.mark.parametrize(
    "environment",
    [
        {"BATTWHEELS_ENV": "development"},
        SAFE,
        {"BATTWHEELS_AUDIT": "off", "BATTWHEELS_MONEY_AUDIT": "0", "AUDIT": "false"},
    ],
)
async def test_no_setting_turns_the_audit_off(
    records: Records, graph: Graph, tmp_path: Path, environment: dict[str, str]
) -> None:
    """However the house is set, each kind of money event is chained, and the whole holds."""
    settings = replace(Settings.read(environment), home=tmp_path)
    stored = TicketStore(graph), CardStore(graph), VocabularyStore(graph)
    vault = open_vault(settings, records)
    await _every_deed(open_billing(settings, (records, DEEDS), stored, vault, Breakers()).billing)
    found = await records.rows("select distinct event from money_event")
    assert {row["event"] for row in found} == set(MoneyEvent)
    assert (await verify_books(records)).touched is None


def test_settings_that_there_are_do_not_speak_of_the_audit() -> None:
    """A new setting has to be thought of here."""
    assert {f.name for f in fields(Settings)} == {
        "environment",
        "explorer",
        "home",
        "host",
        "port",
        "neo4j_uri",
        "neo4j_user",
        "neo4j_password",
        "postgres_url",
        "postgres_owner_url",
        "second_factor",
        "security_contact",
        "redis_url",
        "embedding_model",
        "language_model",
        "language_model_url",
        "language_model_key",
        "token_secret",
        "vault_keys",
        "key_service_url",
        "key_service_key",
        "key_service_token",
        "vendors",
        "smtp_url",
        "mail_from",
        "public_url",
        "ranker",
        "allowed_origins",
        "caps",
        "own_stores",
        "operator_token",
        "management_host",
        "management_port",
        "read_model_mib",
        "documents_rung",
        "oidc_issuer",
        "oidc_client",
        "oidc_secret",
        "passkey_domain",
        "files_url",
        "files_public_url",
        "files_region",
        "files_quota_mib",
        "file_scanner",
    }


@pytest.mark.row("IN-13")
@pytest.mark.parametrize(
    "statement",
    [
        "set local session_replication_role = replica",
        "alter table money_event disable trigger all",
        "drop trigger kept on money_event",
        "update money_event set actor = 'x'",
        "delete from money_event where at < now()",
        "truncate money_event",
    ],
)
async def test_service_role_cannot_turn_the_audit_off(
    books: Desk, statement: LiteralString
) -> None:
    async def bent() -> None:
        async with books.records.transaction() as connection:
            await connection.execute("set local role battwheels_billing")
            await connection.execute(statement)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await bent()
    assert (await verify_books(books.records)).touched is None


@pytest.mark.parametrize("lacking", [("turnover", "scheme"), ("scheme",)])
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (None, None),
        ("update billing_setting set turnover = 1", "was altered"),
        ("update billing_setting set scheme = 'composition'", "was altered"),
        ("update billing_setting set upi = 'thief@bank'", "was altered"),
        ("update billing_setting set version = 2", "was written past the audit"),
    ],
)
async def test_row_from_before_a_column_holds_as_it_was_written(
    records: Records, lacking: tuple[str, ...], statement: LiteralString | None, reason: str | None
) -> None:
    """Its digest does not speak of the column: it holds with what the column began with alone."""
    books = desk(records)
    said = asdict(PROFILE) | {"version": 1}
    covered = {name: value for name, value in said.items() if name not in lacking}
    async with books.books.open_transaction(deed()) as page:
        await page.execute(QUERIES["set"], **said)
        page.note_digest("setting", f"{PUNE}@1", covered)
        await page.chain_event(MoneyEvent.SETTING_CHANGED, PUNE)
    if statement is not None:
        await _bend(books, statement)
    touched = await _touched(books)
    assert (touched and touched[1]) == reason


async def _every_deed(billing: BillingServices) -> None:
    """Do whatever moves money once."""
    ledger, payments = billing.invoicing.ledger, billing.payments
    profile = replace(PROFILE, turnover=6 * CRORE)
    seller = await billing.invoicing.garages.set(deed(), profile, 0)
    buyer = customer(synthetic_gstin("27", "BBBPK5678D"))
    papers = [
        await ledger.issue_invoice(
            deed(),
            seller,
            TicketInvoice(ticket=TicketId(name), invoice=invoice(seller, buyer=buyer)),
        )
        for name in ("tkt_one", "tkt_two")
    ]
    registrations = RegistrationStore(
        billing.records, Books(billing.records, DEEDS), VAULT, StandInPortal()
    )
    await registrations.register_document(deed(), seller, papers[0])
    await registrations.void_invoice(ledger, deed(), papers[0].id, "Wrong customer")
    came = ReceivedMoney(paise=100, method=PaymentMethod.CASH, day=papers[0].invoice.date)
    paid = await payments.record_payment(deed(), papers[1].id, came)
    await payments.refund_payment(deed(), seller, paid.id, 100)
    await ledger.issue_credit_note(deed(), seller, papers[1].id, None, "All of it")
    await ledger.close_month(deed(), date(2026, 10, 1))
    await billing.tills.close_till(deed(), TillCount(day=date(2026, 11, 1), counted=0))
    await billing.tills.reopen_till(deed(), date(2026, 11, 1), "Somebody miscounted")
    await billing.invoicing.prices.set_price(deed(), "controller", 100, NOW)
    await billing.stock.adjust_stock(
        deed(), StockDelta(part="controller", quantity=1, reason="Bought")
    )


async def test_first_of_several_is_named(books: Desk) -> None:
    await _bend(books, "update money_event set actor = 'x' where n in (5, 3)")
    assert (await verify_books(books.records)).touched == TamperedRow(
        garage=PUNE, where="event 3", reason=await _altered(books, 3)
    )


async def test_rewritten_chain_does_not_meet_its_anchor(books: Desk, tmp_path: Path) -> None:
    """Who can write everything makes a chain that holds, less its last event; not the anchor."""
    anchors = AnchorFile(tmp_path / "anchors.jsonl", KEY)
    assert await anchors.add_anchor(books.records, NOW) == 1
    assert await anchors.add_anchor(books.records, NOW) == 0
    await _bend(
        books,
        "delete from payment",
        "delete from entry where posting in (select id from posting where kind = 'payment')",
        "delete from posting where kind = 'payment'",
        "update invoice_balance set paid_paise = 0",
        "delete from money_event where n = 7",
        "update money_head set n = 6, hash = (select hash from money_event where n = 6)",
    )
    assert await _touched(books) is None
    assert await _touched(books, anchors) == ("event", "is missing at the end of the chain")


async def test_forged_anchor_is_refused(books: Desk, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    await AnchorFile(file, b"another key of some length......").add_anchor(books.records, NOW)
    with pytest.raises(Tampered):
        AnchorFile(file, KEY).read_anchors()


async def _altered(books: Desk, n: int) -> str:
    found = await books.records.rows("select event, entity from money_event where n = %(n)s", n=n)
    return f"{found[0]['event']} of {found[0]['entity']} was altered"
