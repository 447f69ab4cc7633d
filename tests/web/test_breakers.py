"""Each dependency outside has a breaker: a silent one is left alone, tried once, and back."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from billing.ledger.vendors import Vendor, VendorClient
from billing.messages.mail import MailSecurity, MailServer, SmtpMessenger
from billing.messages.messengers import MessageState
from domain.circuit_breaker import FAILURES_OUTSIDE, CircuitBreaker
from domain.errors import Unavailable
from matching.diagnosis.language_model import LanguageModel
from tests.billing.messages.smtp_server import Postbox
from tests.billing.messages.test_mail import LETTER
from tests.billing.sample_books import NOW
from tests.waits import eventually
from web.billing import build_marketplace
from web.breakers import Breakers
from web.mail import build_mailer
from web.metrics import Metrics
from web.server import watch_outside
from web.settings import Settings
from web.wiring import open_language_model

pytestmark = [
    pytest.mark.row("GW-4"),
    pytest.mark.filterwarnings("default::DeprecationWarning"),
]

REST = 30.0
PATIENCE_S = 0.3
OFFERS = {"offers": [{"part": "fuse", "paise": 5}]}
CHOICE = {"index": 0, "message": {"role": "assistant", "content": "{}"}, "finish_reason": "stop"}
CHAT = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [CHOICE]}
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Ask = Callable[[], Awaitable[object]]


@dataclass
class Port:
    """A port that takes connections and says nothing, until it is given what answers."""

    number: int = 0
    taken: int = 0
    answer: Serve | None = None
    held: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        if self.answer is None:
            self.held.append(writer)
            await reader.read()
            writer.close()
        else:
            await self.answer(reader, writer)

    async def has_taken(self, many: int) -> None:
        """Wait until so many came: the last may have given up before it was seen here."""
        assert await eventually(self._taken, lambda taken: taken >= many) == many

    async def _taken(self) -> int:
        return self.taken

    def hang_up(self) -> None:
        """Let go of whoever waits: a thread that sends mail is free again."""
        for writer in self.held:
            writer.close()


@asynccontextmanager
async def silent_port() -> AsyncGenerator[Port]:
    port = Port()
    server = await asyncio.start_server(port.serve, "127.0.0.1", 0)
    port.number = server.sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        port.hang_up()
        server.close()


def saying(body: object) -> Serve:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        length = [one for one in asked.lower().split(b"\r\n") if one.startswith(b"content-length")]
        await reader.readexactly(sum(int(one.split(b":")[1]) for one in length))
        writer.write(f"{head}\r\nconnection: close\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    return serve


def mail(port: int, breaker: CircuitBreaker) -> Ask:
    server = MailServer(host="127.0.0.1", port=port, secure=MailSecurity.LOCAL)
    messenger = SmtpMessenger(server, "bills@garage.example", PATIENCE_S, breaker)
    return lambda: messenger.send(LETTER)


def vendor(port: int, breaker: CircuitBreaker) -> Ask:
    known = Vendor.read(f"bazaar=http://127.0.0.1:{port}/")
    client = VendorClient([known], PATIENCE_S, lambda _: breaker)
    return lambda: client.offers(["fuse"], NOW)


def language_model(port: int, breaker: CircuitBreaker) -> Ask:
    url = f"http://127.0.0.1:{port}/v1"
    model = LanguageModel.from_name("openai:any", url, None, PATIENCE_S, breaker)
    return lambda: model.ask("", "", lambda said: said)


@pytest.mark.parametrize(
    ("driver", "answer"),
    [(mail, Postbox().serve), (vendor, saying(OFFERS)), (language_model, saying(CHAT))],
    ids=["mail", "vendor", "language model"],
)
async def test_a_silent_dependency_is_left_alone_and_tried_once(
    driver: Callable[[int, CircuitBreaker], Ask], answer: Serve
) -> None:
    seconds = 0.0
    breaker = CircuitBreaker(FAILURES_OUTSIDE, REST, lambda: seconds)
    async with silent_port() as port:
        ask = driver(port.number, breaker)
        ends = [await asyncio.gather(ask(), return_exceptions=True) for _ in range(5)]
        # Two of the five did not even reach for it.
        assert [type(end) for [end] in ends] == [Unavailable] * 5
        assert breaker.state == "open"
        await port.has_taken(FAILURES_OUTSIDE)
        seconds = REST
        assert breaker.state == "half_open"
        await asyncio.gather(*(ask() for _ in range(4)), return_exceptions=True)
        assert breaker.state == "open"
        await port.has_taken(FAILURES_OUTSIDE + 1)
        port.hang_up()
        seconds, port.answer = 2 * REST, answer
        assert not isinstance(await ask(), Unavailable)
        assert (port.taken, breaker.state) == (FAILURES_OUTSIDE + 2, "closed")


async def test_a_letter_that_is_put_off_says_nothing_of_the_server() -> None:
    breaker = CircuitBreaker(1)
    box = Postbox(codes={"RCPT": 450})
    async with silent_port() as port:
        port.answer = box.serve
        ask = mail(port.number, breaker)
        with pytest.raises(Unavailable, match=r"^mail does not answer: SMTPRecipientsRefused$"):
            await ask()
        assert breaker.state == "closed"
        box.codes.clear()
        assert await ask() is MessageState.SENT


def test_each_dependency_outside_is_a_label() -> None:
    breakers, metrics = Breakers(), Metrics()
    settings = Settings(
        smtp_url="smtp://127.0.0.1:1",
        mail_from="bills@garage.example",
        vendors="bazaar=http://127.0.0.1:1/",
        language_model="openai:any",
        language_model_url="http://127.0.0.1:1/v1",
    )
    for _ in range(2):
        build_mailer(settings, breakers)
    build_marketplace(settings, breakers)
    open_language_model(settings, breakers)
    watch_outside(metrics, breakers)
    told = {
        name: metrics.registry.get_sample_value("battwheels_breaker", {"dependency": name})
        for name in ("mail", "vendor bazaar", "language model")
    }
    assert told == {"mail": 0, "vendor bazaar": 0, "language model": 0}
    assert sorted(breakers.known) == sorted(told)
