"""One connection to Redis for everybody: answers in order, refusals, and a line that is lost."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LineLost
from redis.exceptions import ResponseError

from web.redis_connection import RedisConnection


async def test_answers_come_to_who_asked(redis: Redis) -> None:
    line = RedisConnection(redis)
    answers = await asyncio.gather(*(line.ask("ECHO", f"word {n}") for n in range(50)))

    assert answers == [f"word {n}".encode() for n in range(50)]
    assert await line.ask("MGET", "no such", "key") == [None, None]


async def test_a_refusal_is_for_its_command_alone(redis: Redis) -> None:
    line = RedisConnection(redis)
    refused, fine = await asyncio.gather(
        line.ask("EVALSHA", "f" * 40, 0), line.ask("ECHO", "fine"), return_exceptions=True
    )

    assert isinstance(refused, ResponseError)
    assert str(refused).startswith("NOSCRIPT")
    assert fine == b"fine"


async def test_who_gives_up_spoils_no_answer(redis: Redis) -> None:
    line = RedisConnection(redis)
    await line.ask("PING")
    gone = asyncio.create_task(line.ask("ECHO", "gone"))
    stays = asyncio.create_task(line.ask("ECHO", "stays"))
    await asyncio.sleep(0)
    gone.cancel()

    assert await stays == b"stays"
    assert gone.cancelled()


async def test_a_lost_line_is_opened_again(redis: Redis) -> None:
    line = RedisConnection(redis)
    me = await line.ask("CLIENT", "ID")
    waits = asyncio.create_task(line.ask("BLPOP", "nothing", 0))
    await asyncio.sleep(0)
    await redis.client_kill_filter(_id=str(me))
    with pytest.raises(LineLost):
        await waits

    assert await line.ask("ECHO", "again") == b"again"


async def test_who_waits_on_a_dropped_line_hears_of_it(redis: Redis) -> None:
    line = RedisConnection(redis)
    await line.ask("PING")
    waits = asyncio.create_task(line.ask("BLPOP", "nothing", 0))
    await asyncio.sleep(0)
    line.drop()

    with pytest.raises(LineLost):
        await waits
    assert await line.ask("ECHO", "again") == b"again"
