"""Vendors over real HTTP: who is late, down or talks nonsense is passed over."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from billing.gst.price_sources import PriceSource
from billing.ledger.books import NETWORK
from billing.ledger.prices import Offer, PriceStore
from billing.ledger.vendors import LONGEST_ANSWER, Vendor, VendorClient
from domain.errors import InvalidInput, Unavailable
from tests.billing.sample_books import NOW, PUNE, Desk, deed
from tests.waits import sure_to_end
from web import billing
from web.breakers import Breakers
from web.settings import Settings

PART = "controller"
PATIENCE_S = 0.4
GOOD = {"offers": [{"part": PART, "paise": 90_000, "leadDays": 3}]}
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Shop:
    """A vendor's server, real but for its mood: it answers the next requests as told."""

    port: int = 0
    asked: list[str] = field(default_factory=list[str])
    answer: Answer | None = None

    @property
    def vendor(self) -> Vendor:
        return Vendor.read(f"bazaar=http://127.0.0.1:{self.port}/v1/offers?key=k")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head.split(b" ")[1].decode())
            if self.answer is not None:
                await self.answer(writer)
        writer.close()


@asynccontextmanager
async def _open() -> AsyncGenerator[Shop]:
    shop = Shop()
    server = await asyncio.start_server(shop.serve, "127.0.0.1", 0)
    shop.port = server.sockets[0].getsockname()[1]
    yield shop
    server.close()


@pytest.fixture
async def shop() -> AsyncGenerator[Shop]:
    async with _open() as shop:
        yield shop


def said(body: bytes | object, status: str = "200 OK", *more: str) -> Answer:
    """Give a whole answer: JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status}", f"content-length: {len(content)}", *more]
        writer.write("\r\n".join([*head, "", ""]).encode() + content)
        await writer.drain()

    return answer


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drip(writer: asyncio.StreamWriter) -> None:
    """A byte now and then: each comes in time, the answer never does."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(PATIENCE_S / 8)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(LONGEST_ANSWER // 1_000 + 100):
        writer.write(b" " * 1_000)
        await writer.drain()


async def cut(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
    await writer.drain()


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def priced(**changes: object) -> object:
    return {"offers": [{"part": PART, "paise": 90_000} | changes]}


SILENCE = {
    "hangs": hang,
    "drips": drip,
    "never ends": endless,
    "is cut off": cut,
    "resets": reset,
    "is down": said({}, "503 Service Unavailable"),
    "redirects": said(b"", "302 Found", "location: /v1/offers"),
    "is no HTTP": said(b"", "nonsense"),
    "is HTML": said(b"<html>Welcome</html>"),
    "is empty": said(b""),
    "is no object": said([1, 2]),
    "has no offers": said({"prices": []}),
    "is compressed": said(b"\x1f\x8b\x08\x00", "200 OK", "content-encoding: gzip"),
    "is nothing": said(priced(paise=0)),
    "is negative": said(priced(paise=-1)),
    "is a fraction": said(priced(paise=1.5)),
    "is text": said(priced(paise="90000")),
    "is true": said(priced(paise=True)),
    "is no number": said(b'{"offers": [{"part": "controller", "paise": NaN}]}'),
    "is beyond reason": said(priced(paise=10**12)),
    "comes in a century": said(priced(leadDays=36_500)),
    "names no part": said({"offers": [{"paise": 1}]}),
    "is too many": said({"offers": [{"part": PART, "paise": 1}] * 1_001}),
}


async def test_offers_are_read(shop: Shop) -> None:
    shop.answer = said({"offers": [*GOOD["offers"], {"part": "another", "paise": 1}]})
    offers = await VendorClient([shop.vendor], PATIENCE_S).offers([PART, "fuse & wire"], NOW)
    assert offers == [Offer(part=PART, vendor="bazaar", paise=90_000, at=NOW, lead_days=3)]  # pyright: ignore[reportArgumentType]
    assert shop.asked == ["/v1/offers?key=k&part=controller&part=fuse+%26+wire"]


@pytest.mark.row("MK-2", "FB-2")
@pytest.mark.parametrize("how", SILENCE)
async def test_vendor_that_fails_falls_back_along_the_chain(
    shop: Shop, books: Desk, how: str
) -> None:
    """Within a day what it said last, then the list, then nothing; soon, and with nothing kept."""
    prices = PriceStore(books.records, books.books, VendorClient([shop.vendor], PATIENCE_S))
    await prices.set_price(deed(NETWORK), PART, 120_000, NOW)
    shop.answer = said(GOOD)
    first = (await prices.prices_now([PART], PUNE, NOW))[PART]
    shop.answer = SILENCE[how]
    async with sure_to_end("the prices"):
        found = [
            (await prices.prices_now([PART, "unknown"], PUNE, NOW + timedelta(hours=later)))
            for later in (24, 25)
        ]
    kept = await books.records.rows("select paise from price where source = 'marketplace'")
    assert first.source is PriceSource.OFFER
    assert [(at[PART].source, at[PART].amount) for at in found] == [
        (PriceSource.CACHED, 90_000),
        (PriceSource.LIST, 120_000),
    ]
    assert {at["unknown"].source for at in found} == {PriceSource.TO_BE_DETERMINED}
    assert kept == [{"paise": 90_000}]


@pytest.mark.row("MK-2")
async def test_nobody_listens_at_the_vendors(shop: Shop) -> None:
    async with _open() as gone:
        pass
    with pytest.raises(Unavailable):
        await VendorClient([gone.vendor], PATIENCE_S).offers([PART], NOW)
    assert shop.asked == []


async def test_one_vendors_silence_costs_no_others_answer(shop: Shop) -> None:
    async with _open() as other:
        shop.answer, other.answer = hang, said(GOOD)
        offers = await VendorClient([shop.vendor, other.vendor], PATIENCE_S).offers([PART], NOW)
    assert [offer.paise for offer in offers] == [90_000]


@pytest.mark.parametrize("text", ["bazaar", "=http://x", "bazaar=ftp://x/", "bazaar=http://"])
def test_vendor_that_is_no_name_and_address(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        billing.build_marketplace(Settings(vendors=text), Breakers())
    assert refused.value.field == "vendors"
