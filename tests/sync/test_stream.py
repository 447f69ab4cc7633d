"""The stream on a real Redis: numbered as the log, each entry once."""

import json
from dataclasses import fields, replace

import pytest
from redis.asyncio import Redis

from domain.errors import Unavailable
from domain.events import Event
from sync.envelope import Envelope, event_envelope
from sync.stream import STREAM, Stream
from tests.records.samples import event

NOWHERE = Stream(Redis.from_url("redis://127.0.0.1:1/0", protocol=2))


async def test_entries_carry_the_logs_numbers(redis: Redis) -> None:
    stream = Stream(redis)
    await stream.publish([(7, event(7)), (9, event(9))])
    assert await stream.after(0) == [(7, event(7)), (9, event(9))]
    assert await stream.after(7) == [(9, event(9))]
    assert await stream.bounds() == (7, 9)


async def test_published_twice_is_there_once(redis: Redis) -> None:
    stream = Stream(redis)
    await stream.publish([(1, event(1)), (2, event(2))])
    await stream.publish([(1, event(1)), (2, event(2)), (3, event(3))])
    assert await redis.xlen(STREAM) == 3


async def test_quiet_stream_answers_nothing(redis: Redis) -> None:
    assert await Stream(redis).after(0) == []


async def test_other_refusals_are_told(redis: Redis) -> None:
    await redis.set(STREAM, "not a stream")
    with pytest.raises(Unavailable, match="ResponseError"):
        await Stream(redis).publish([(1, event(1))])


async def test_absent_redis_says_so() -> None:
    with pytest.raises(Unavailable, match="redis does not answer"):
        await NOWHERE.after(0)
    with pytest.raises(Unavailable, match="redis does not answer"):
        await NOWHERE.bounds()


def test_envelope_is_plain_json() -> None:
    assert json.loads(json.dumps(event_envelope(event(1)))) == {
        "id": "event-00001",
        "type": "failure_card.created",
        "entity": "fc_00001",
        "version": 1,
        "at": "2026-11-23T09:30:01Z",
        "actor": "anu",
        "garage": "garage_pune",
        "trace": "trace",
        "schema": 1,
    }


def test_envelope_is_read_back() -> None:
    assert Envelope.validate_json(json.dumps(event_envelope(event(2)))) == event(2)


@pytest.mark.row("IP-14")
def test_events_have_no_place_for_persons() -> None:
    # What the audit alone may know travels sealed, and no further than the log.
    assert event_envelope(replace(event(1), deed="sealed")) == event_envelope(event(1))
    assert {f.name for f in fields(Event)} - {"deed"} == {
        "id",
        "type",
        "entity",
        "version",
        "at",
        "actor",
        "garage",
        "trace",
        "schema",
    }
