"""The broker, made in one place: another bus is another branch here (docs/decisions/0007)."""

import logging
from typing import Any
from urllib.parse import urlsplit

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import RedisBatchStreamMessage
from faststream.redis.parser import BinaryMessageFormatV1
from pydantic import ValidationError

from domain.errors import InvalidInput
from sync.envelope import Envelope
from sync.inbox import EventHandler
from sync.stream import FIELD, STREAM, Logged

CONNECT_SECONDS = 3.0
# An empty stream is asked again after this; an entry is given out as soon as it is there.
BLOCK_MILLISECONDS = 10_000
# Longer than an empty stream is waited for, or each wait would end as an error.
ANSWER_SECONDS = 12.0
PARTS = {"redis": RedisBroker, "rediss": RedisBroker}


class StreamEntry(BinaryMessageFormatV1):
    """An entry of the stream as the relay writes it: one field that holds the envelope."""

    @classmethod
    def parse(cls, data: Any) -> tuple[bytes, dict[str, Any]]:  # noqa: ANN401 - bytes or the entry
        return (data.get(FIELD, b"null") if isinstance(data, dict) else data), {}  # pyright: ignore[reportUnknownVariableType]


def make_broker(url: str) -> RedisBroker:
    """Give the broker for an address.

    Raises:
        InvalidInput: no broker speaks the scheme of the address.
    """
    scheme = urlsplit(url).scheme
    if scheme not in PARTS:
        raise InvalidInput("REDIS_URL", f"{scheme}:// is no bus that is built in")
    separator = "&" if urlsplit(url).query else "?"
    return PARTS[scheme](
        # Protocol 2, as everywhere: stream answers are plain lists.
        f"{url}{separator}protocol=2",
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        logger=logging.getLogger("battwheels.bus"),
        log_level=logging.DEBUG,
        apply_types=False,
        message_format=StreamEntry,
    )


def subscribe_consumer(
    broker: RedisBroker, handler: EventHandler, consumer: str, idle_seconds: float
) -> None:
    """Have a handler take new entries in its group, and claim those that a dead one left behind.

    Entries are acknowledged when the records know what became of them. On Redis a refusal does
    nothing by itself: the entry stays with its taker, and the claimer gives it out again.
    """

    async def taken(entries: list[Logged]) -> None:
        await handler.handle(entries)

    group = handler.listener.name
    # Claims are for whoever is alive; a claim that comes too early only waits for the records.
    idle_ms = round(idle_seconds * 1000)
    for idle, interval in ((None, BLOCK_MILLISECONDS), (idle_ms, idle_ms // 2)):
        stream = StreamSub(
            STREAM,
            group=group,
            consumer=consumer,
            batch=True,
            max_records=handler.listener.most,
            polling_interval=interval,
            min_idle_time=idle,
        )
        broker.subscriber(stream=stream, decoder=_decode_batch, ack_policy=AckPolicy.NACK_ON_ERROR)(
            taken
        )


def is_running(broker: RedisBroker) -> bool:
    """Say whether every handler still takes: one whose group is lost has stopped."""
    return all(subscriber.running for subscriber in broker.subscribers)


async def _decode_batch(message: RedisBatchStreamMessage) -> list[Logged]:
    """Give the entries that can be read; the change log brings the others."""
    raw = message.raw_message
    read = [
        _decode_entry(key, data) for key, data in zip(raw["message_ids"], raw["data"], strict=True)
    ]
    return [entry for entry in read if entry is not None]


def _decode_entry(key: bytes, data: dict[bytes, bytes]) -> Logged | None:
    try:
        event = Envelope.validate_json(data.get(FIELD, b"null"))
    except ValidationError:
        return None
    return int(key.partition(b"-")[0]), event
