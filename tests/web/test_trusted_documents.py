"""Registered documents in memory: what goes on, and what ends, while the records answer slowly."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

from domain.errors import Unavailable
from domain.ids import DocumentId
from domain.trusted_documents import document_id
from resolvers.api import build_api
from web.metrics import Metrics
from web.trusted_documents import TrustedDocuments

API = build_api(introspection=False)
PARTNER, OTHER = "fleet-pune", "fleet-goa"
TEXT = "query A { __typename }"
ID = document_id(TEXT)


class SlowRecords:
    """Reads at once, and answers when it may, or never."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, DocumentId], str] = {}
        self.silent = False
        self.asked = 0
        self.free = {name: asyncio.Event() for name in ("text", "holders", "newest")}
        for event in self.free.values():
            event.set()

    def register(self, partner: str, *texts: str) -> None:
        self.rows |= {(partner, document_id(text)): text for text in texts}

    @asynccontextmanager
    async def held_back(self, name: str) -> AsyncGenerator[None]:
        self.free[name].clear()
        yield
        self.free[name].set()

    async def text(self, partner: str, id: DocumentId) -> str | None:
        found = self.rows.get((partner, id))
        await self._answer("text")
        return found

    async def holders(self, ids: Sequence[DocumentId]) -> list[tuple[str, DocumentId]]:
        found = [name for name in self.rows if name[1] in ids]
        await self._answer("holders")
        return found

    async def newest(
        self, first: int, held: Sequence[DocumentId]
    ) -> list[tuple[str, DocumentId, str]]:
        new = [(*name, text) for name, text in self.rows.items() if name[1] not in held]
        await self._answer("newest")
        return new[:first]

    async def _answer(self, name: str) -> None:
        self.asked += 1
        if self.silent:
            raise Unavailable("postgres", "silent")
        await self.free[name].wait()


async def turns() -> None:
    """Let whoever can go on do so, up to their next answer."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def kept() -> SlowRecords:
    return SlowRecords()


@pytest.fixture
def trusted(kept: SlowRecords) -> TrustedDocuments:
    return TrustedDocuments(kept, API.documents, Metrics(), 1 << 24)


@pytest.mark.parametrize("reader", ["text", "newest"])
async def test_what_was_read_before_its_removal_is_nobodys(
    kept: SlowRecords, trusted: TrustedDocuments, reader: str
) -> None:
    """It comes while a look asks, or after it: no name of it stays."""
    others = [event for name, event in kept.free.items() if name != reader]
    for late in (False, True):
        kept.register(PARTNER, TEXT)
        async with kept.held_back(reader):
            read = trusted.text_of(PARTNER, ID) if reader == "text" else trusted.read_ahead()
            reading = asyncio.create_task(read)
            await turns()
            kept.rows.clear()
            for event in others:
                event.clear()
            looking = asyncio.create_task(trusted.look())
            await turns()
            if late:
                for event in others:
                    event.set()
                await looking
        await reading
        for event in others:
            event.set()
        await looking
        assert trusted.held_text(PARTNER, ID) is None
        assert await trusted.text_of(PARTNER, ID) is None


async def test_what_is_removed_waits_for_nothing_new(
    kept: SlowRecords, trusted: TrustedDocuments
) -> None:
    kept.register(PARTNER, TEXT)
    await trusted.read_ahead()
    kept.rows.clear()
    kept.register(PARTNER, "query B { __typename }")
    async with kept.held_back("newest"):
        ahead = asyncio.create_task(trusted.run_ahead())
        await turns()
        await trusted.look()
        assert trusted.held_text(PARTNER, ID) is None
    ahead.cancel()


async def test_a_registration_costs_others_no_question(
    kept: SlowRecords, trusted: TrustedDocuments
) -> None:
    kept.register(PARTNER, TEXT)
    kept.register(OTHER, TEXT)
    await trusted.read_ahead()
    kept.register(OTHER, new := "query B { __typename }")
    await trusted.look()
    await trusted.read_ahead()
    # Nobody answers any more: what is held goes on, for whoever has it.
    kept.silent, kept.asked = True, 0
    with pytest.raises(Unavailable):
        await trusted.look()
    asked = kept.asked
    for whose, text in ((PARTNER, TEXT), (OTHER, TEXT), (OTHER, new)):
        assert await trusted.text_of(whose, document_id(text)) == text
    assert kept.asked == asked
    with pytest.raises(Unavailable):
        await trusted.text_of(PARTNER, document_id(new))


async def test_what_is_read_while_a_look_asks_is_named_after_it(
    kept: SlowRecords, trusted: TrustedDocuments
) -> None:
    kept.register(PARTNER, TEXT)
    async with kept.held_back("holders"):
        looking = asyncio.create_task(trusted.look())
        await turns()
        assert await trusted.text_of(PARTNER, ID) == TEXT
    await looking
    await trusted.read_ahead()
    assert trusted.held_text(PARTNER, ID) == TEXT
