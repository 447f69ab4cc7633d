"""A worker is killed while it tells customers of their invoices: each hears, and is noted once.

The mail server keeps a letter waiting for its answer, so the message is pending in the worker that
took it: its event is claimed and not yet marked. A mail server cannot be asked to forget, so the
letter may come once more for each death; it is the same letter, by its Message-ID.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from redis.asyncio import Redis

from access.vault import Vault
from billing.ledger.invoices import InvoiceLedger, TicketInvoice
from billing.messages.correspondence import Message, MessageStore
from domain.events import Event, EventType
from domain.ids import EventId, InvoiceId, TicketId
from graph.database import Graph
from records.database import Records
from tests.billing.messages.smtp_server import Postbox, postbox
from tests.billing.sample_books import PUNE, customer, deed, desk, invoice, older_vault
from tests.empty_stores import empty_graph, empty_records
from tests.faults.world import World, died
from tests.records.samples import leave
from tests.waits import eventually, sure_to_end
from web.local.home import StoreHome
from web.local.stores import StoreUrls
from web.settings import Settings
from web.vault import open_vault

ROUNDS = 8
TOLD = [("email", "sent"), ("whatsapp", "kept")]
# Beside the rounds with a letter pending, deaths at any moment of relaying and telling.
BURST_SECONDS = 0.2
MEERA = replace(customer(), email="meera@joshi.example")
pytestmark = pytest.mark.journey


@dataclass
class SlowPostbox(Postbox):
    """Takes letters and, while `open` is not set, does not say so."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    pending: asyncio.Event = field(default_factory=asyncio.Event)

    async def _take(self, reader: asyncio.StreamReader) -> None:
        await super()._take(reader)
        self.pending.set()
        await self.open.wait()


Post = tuple[World, SlowPostbox]


@pytest.fixture
async def post(
    stores: StoreUrls, graph: Graph, records: Records, redis: Redis, tmp_path: Path
) -> AsyncGenerator[Post]:
    async with records.transaction() as connection:
        await connection.execute("create table effect (event text not null)")
    async with postbox(box=(box := SlowPostbox())):
        world = World(stores, StoreHome.at(tmp_path), graph, records, redis, mail=box.port)
        world.open()
        world.workers = [await world.born("tell")]
        yield world, box
        box.open.set()
        await world.end()
    async with records.transaction() as connection:
        await connection.execute("drop table effect")
    await empty_graph(graph)
    await empty_records(records)


async def issued(world: World, number: int) -> InvoiceId:
    """Issue an invoice, and tell of it as the last step of its saga does."""
    vault, books = older_vault(Settings(home=world.home.root)), desk(world.records)
    seller = await books.garages.get(PUNE)
    wanted = TicketInvoice(ticket=TicketId(f"tkt_{number}"), invoice=invoice(seller, buyer=MEERA))
    ledger = InvoiceLedger(world.records, books.books, vault)
    made = (await ledger.issue_invoice(deed(), seller, wanted)).id
    told = Event(
        id=EventId(f"told-{made}"),
        type=EventType.NOTIFICATION_SEND,
        entity=made,
        version=1,
        at=datetime.now(UTC),
        actor="asha",
        garage=PUNE,
    )
    await leave(world.records, told)
    world.wanted += [(made, "invoice.issued"), (made, "notification.send")]
    return made


async def own_vault(world: World) -> Vault:
    """Give a vault with the data keys that the house has made by now."""
    sealing = open_vault(Settings(home=world.home.root), world.records)
    await sealing.data_keys.demand_all()
    return sealing.vault


async def kill_worker(world: World) -> None:
    """Kill who relays and tells, and have another begin."""
    await died(world.workers.pop())
    world.workers.append(await world.born("tell"))


def noted(messages: list[Message]) -> list[tuple[str, str]]:
    return sorted((message.channel, message.state) for message in messages)


@pytest.mark.row("EV-6")
@pytest.mark.timeout(300)
async def test_a_message_pending_at_a_dead_worker_is_told(post: Post) -> None:
    world, box = post
    await desk(world.records).settled()
    papers, dice = list[InvoiceId](), Random(6)  # noqa: S311 - a seed
    messages = MessageStore(world.records, await own_vault(world))
    kept = await messages.messages_of_invoices(papers)
    for number in range(ROUNDS):
        box.open.clear()
        box.pending.clear()
        papers.append(await issued(world, number))
        async with sure_to_end("a letter"):
            if number % 2:
                await box.pending.wait()
            else:
                await asyncio.sleep(dice.random() * BURST_SECONDS)
        await kill_worker(world)
        box.open.set()
        await world.checked()
        # Others may have heard before the one who tells; the next letter must not be this one's.
        kept = await eventually(
            lambda: messages.messages_of_invoices(papers),
            lambda kept: all(noted(found) == TOLD for found in kept.values()),
        )

    assert {key: noted(found) for key, found in kept.items()} == dict.fromkeys(papers, TOLD)
    # A long name stands on a line of its own, behind the space that joins it.
    letters = Counter(str(mail["Message-ID"]).strip() for mail in box.taken)
    assert letters.keys() == {f"<told-{key}.email@garage.example>" for key in papers}
    assert set(letters.values()) <= {1, 2}
    # Every letter that was pending at a death came again, for nobody knew that it had arrived.
    assert [letters[f"<told-{key}.email@garage.example>"] for key in papers[1::2]] == [2] * 4
