"""A worker killed at any point leaves an invoice wholly done or wholly undone (IP-15)."""

import subprocess
import sys
from pathlib import Path

import pytest

from billing.ledger import reports
from billing.ledger.verification import verify_books
from domain.access import SYSTEM
from domain.ids import TicketId
from domain.tickets import Ticket, TicketStatus
from graph.database import Graph
from graph.tickets import TicketStore
from records.database import Records
from tests.billing.closed_ticket import furnish, ticket
from tests.billing.sample_books import PUNE, desk
from web.local.stores import StoreUrls

ROOT = Path(__file__).parents[2]
SEED = 20_261_126
SAGAS = """select saga.ticket, saga.state, invoiced.invoice,
  (select count(*) from outbox
     where entity = invoiced.invoice and type = 'notification.send') as told,
  (select count(*) from invoice where invoice.ticket = saga.ticket
     and not exists (select from void_invoice where void_invoice.invoice = invoice.id)
     and not exists (select from invoice_balance b where b.invoice = invoice.id
                     and b.credited_paise = b.total_paise)) as live
  from saga left join invoiced_ticket as invoiced using (ticket)"""


@pytest.mark.row("IP-15", missing="kills at random moments: none is set on each of the six steps")
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
    places = tmp_path / "places"
    said = (stores.postgres_url, stores.neo4j_uri, stores.neo4j_user, stores.neo4j_password)
    places.write_text("\n".join(said))

    command = [
        sys.executable,
        "-m",
        "tests.billing.crash_rounds",
        str(SEED),
        str(rounds),
        str(places),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: ASYNC221, S603 - our own
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) > rounds // 2

    sagas = await records.rows(SAGAS)
    kept = [await tickets.get(TicketId(f"tkt_{SEED}_{n}"), SYSTEM) for n in range(rounds)]
    by_ticket = {each.id: each for each in kept}
    assert [row for row in sagas if not _whole(row, by_ticket[row["ticket"]])] == []
    assert {row["state"] for row in sagas} == {"done", "undone"}
    assert await records.rows("select ticket from ticket_lease") == []
    numbers = await records.rows("select serial from document order by serial")
    assert [row["serial"] for row in numbers] == list(range(1, len(numbers) + 1))
    live = sum(int(row["live"]) for row in sagas)
    shelf = (await books.stock.stock_levels(PUNE, ["controller"]))["controller"]
    assert shelf.quantity == -live
    assert sum((await reports.trial_balance(records)).values()) == 0
    assert (await verify_books(records)).touched is None


def _whole(row: dict[str, object], kept: Ticket) -> bool:
    """Say whether both stores and the notification tell the same story."""
    if row["state"] == "done":
        marked = (kept.status, kept.invoice) == (TicketStatus.INVOICED, row["invoice"])
        return marked and (row["told"], row["live"]) == (1, 1)
    unmarked = (kept.status, kept.invoice) == (TicketStatus.CLOSED, None)
    return unmarked and row["state"] == "undone" and row["live"] == 0
