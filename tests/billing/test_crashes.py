"""A worker killed at any point leaves an invoice wholly done or wholly undone (IP-15)."""

import subprocess
import sys
from pathlib import Path

import pytest

from billing.ledger import reports
from billing.ledger.sagas import SagaStep
from billing.ledger.verification import verify_books
from domain.access import SYSTEM
from domain.ids import TicketId
from domain.tickets import Ticket, TicketStatus
from graph.database import Graph
from graph.tickets import TicketStore
from records.database import Records
from repair.invoices import recover_sagas
from tests.billing.closed_ticket import furnish, invoicing, ticket
from tests.billing.crash_rounds import MINUTE, STEPS
from tests.billing.sample_books import NOW, PUNE, desk
from web.local.stores import StoreUrls

ROOT = Path(__file__).parents[2]
SEED = 20_261_126
POINTS = 20
# What an invoice consists of, beside its number: a half one lacks some of it.
PARTS = """select invoice.id, invoice.taxable_paise, invoice.total_paise,
  (select count(*) from document where document.id = invoice.id) as numbers,
  (select coalesce(sum(taxable_paise), 0) from invoice_line
     where invoice_line.invoice = invoice.id) as lines,
  (select coalesce(sum(paise), 0) from entry
     where about = invoice.id and account = 'receivable' and paise > 0) as owed,
  (select count(*) from invoice_balance b
     where b.invoice = invoice.id and b.total_paise = invoice.total_paise) as balances,
  (select count(*) from invoiced_ticket t where t.invoice = invoice.id) as tickets
  from invoice"""
# A payment, its entries, and what it took off its invoice stand together or not at all.
PAID = """select (select count(*) from payment) as payments,
  (select coalesce(sum(paise), 0) from payment) as paise,
  (select coalesce(sum(paid_paise), 0) from invoice_balance) as paid,
  (select coalesce(sum(paise), 0) from entry where account = 'cash') as cash"""
SERIALS = "select serial from document where kind = 'invoice' order by serial"
SAGAS = """select saga.ticket, saga.state, invoiced.invoice,
  (select count(*) from outbox
     where entity = invoiced.invoice and type = 'notification.send') as told,
  (select count(*) from invoice where invoice.ticket = saga.ticket
     and not exists (select from void_invoice where void_invoice.invoice = invoice.id)
     and not exists (select from invoice_balance b where b.invoice = invoice.id
                     and b.credited_paise = b.total_paise)) as live
  from saga left join invoiced_ticket as invoiced using (ticket)"""


@pytest.mark.row("IP-15", missing="1,000 runs are not counted yet")
async def test_killed_workers_leave_nothing_half_done(
    graph: Graph,
    records: Records,
    stores: StoreUrls,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    rounds = int(request.config.getoption("--crash-rounds") or 0)
    books, tickets = desk(records), TicketStore(graph)
    await furnish(graph, books)
    for n in range(rounds):
        await tickets.add(ticket(f"{SEED}_{n}"), [])
    killed, *behind = _ran("tests.billing.crash_rounds", rounds, stores, tmp_path).split()
    assert int(killed) > rounds // 2
    assert behind == [STEPS[n % 6] for n in range((rounds + 1) // 2)]

    sagas = await records.rows(SAGAS)
    kept = [await tickets.get(TicketId(f"tkt_{SEED}_{n}"), SYSTEM) for n in range(rounds)]
    by_ticket = {each.id: each for each in kept}
    assert [row for row in sagas if not _whole(row, by_ticket[row["ticket"]])] == []
    assert {row["state"] for row in sagas} == {"done", "undone"}
    # Whoever died behind one of the first three steps is taken back, behind the others goes on.
    ended = {row["ticket"]: row["state"] for row in sagas}
    for n, step in enumerate(behind):
        kept_on = STEPS.index(SagaStep(step)) >= STEPS.index(SagaStep.INVOICED)
        assert ended[f"tkt_{SEED}_{2 * n}"] == ("done" if kept_on else "undone"), step
    assert await records.rows("select ticket from ticket_lease") == []
    numbers = await records.rows("select serial from document order by serial")
    assert [row["serial"] for row in numbers] == list(range(1, len(numbers) + 1))
    live = sum(int(row["live"]) for row in sagas)
    shelf = (await books.stock.stock_levels(PUNE, ["controller"]))["controller"]
    assert shelf.quantity == -live
    assert sum((await reports.trial_balance(records)).values()) == 0
    assert (await verify_books(records)).touched is None


@pytest.mark.long
@pytest.mark.row("RA-7")
async def test_killed_at_twenty_points_no_invoice_is_half(
    graph: Graph, records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    """SIGKILL at twenty words of an invoice and its payment: whole or not there, without a gap."""
    books, tickets = desk(records), TicketStore(graph)
    await furnish(graph, books)
    names = [f"{SEED}_{n}" for n in range(POINTS + 1)]
    for name in names:
        await tickets.add(ticket(name), [])
    words, *killed = _ran("tests.billing.crash_points", POINTS, stores, tmp_path).split()
    assert len(set(killed)) == POINTS
    assert int(words) > POINTS

    before = await _demand_whole(records)
    # Some died before there was an invoice, some behind it, and some behind its payment's start.
    assert 1 < len(before) < POINTS + 1
    assert await recover_sagas(invoicing(graph, records, books), NOW + MINUTE) > 0
    after = await _demand_whole(records)
    assert after[: len(before)] == before
    sagas = await records.rows(SAGAS)
    kept = {name: await tickets.get(TicketId(f"tkt_{name}"), SYSTEM) for name in names}
    by_ticket = {each.id: each for each in kept.values()}
    assert [row for row in sagas if not _whole(row, by_ticket[row["ticket"]])] == []


async def _demand_whole(records: Records) -> list[int]:
    """Demand that everything in the books is whole and that no number is missing; give them."""
    for row in await records.rows(PARTS):
        assert (row["numbers"], row["balances"], row["tickets"]) == (1, 1, 1), row
        assert (row["lines"], row["owed"]) == (row["taxable_paise"], row["total_paise"]), row
    [paid] = await records.rows(PAID)
    assert paid["paise"] == paid["paid"] == paid["cash"], paid
    assert sum((await reports.trial_balance(records)).values()) == 0
    assert (await verify_books(records)).touched is None
    serials = [int(row["serial"]) for row in await records.rows(SERIALS)]
    assert serials == list(range(1, len(serials) + 1))
    return serials


def _ran(module: str, rounds: int, stores: StoreUrls, folder: Path) -> str:
    """Run a module that kills its children, and give what it printed."""
    places = folder / "places"
    said = (stores.postgres_url, stores.neo4j_uri, stores.neo4j_user, stores.neo4j_password)
    places.write_text("\n".join(said))
    command = [sys.executable, "-m", module, str(SEED), str(rounds), str(places)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def _whole(row: dict[str, object], kept: Ticket) -> bool:
    """Say whether both stores and the notification tell the same story."""
    if row["state"] == "done":
        marked = (kept.status, kept.invoice) == (TicketStatus.INVOICED, row["invoice"])
        return marked and (row["told"], row["live"]) == (1, 1)
    unmarked = (kept.status, kept.invoice) == (TicketStatus.CLOSED, None)
    return unmarked and row["state"] == "undone" and row["live"] == 0
