"""One connection to Redis for everybody: answers in order, refusals, and a line that is lost."""

import asyncio
from typing import Any
from unittest.mock import patch

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LineLost
from redis.exceptions import ResponseError

from web.redis_connection import RedisConnection

SECONDS = 30.0


async def test_answers_come_to_who_asked(redis: Redis) -> None:
    line = RedisConnection(redis, SECONDS)
    answers = await asyncio.gather(*(line.ask("ECHO", f"word {n}") for n in range(50)))

    assert answers == [f"word {n}".encode() for n in range(50)]
    assert await line.ask("MGET", "no such", "key") == [None, None]


async def test_a_refusal_is_for_its_command_alone(redis: Redis) -> None:
    line = RedisConnection(redis, SECONDS)
    refused, fine = await asyncio.gather(
        line.ask("EVALSHA", "f" * 40, 0), line.ask("ECHO", "fine"), return_exceptions=True
    )

    assert isinstance(refused, ResponseError)
    assert str(refused).startswith("NOSCRIPT")
    assert fine == b"fine"


async def test_who_gives_up_spoils_no_answer(redis: Redis) -> None:
    line = RedisConnection(redis, SECONDS)
    await line.ask("PING")
    gone = asyncio.create_task(line.ask("ECHO", "gone"))
    stays = asyncio.create_task(line.ask("ECHO", "stays"))
    await asyncio.sleep(0)
    gone.cancel()

    assert await stays == b"stays"
    assert gone.cancelled()


async def test_a_lost_line_is_opened_again(redis: Redis) -> None:
    line = RedisConnection(redis, SECONDS)
    me = await line.ask("CLIENT", "ID")
    waits = asyncio.create_task(line.ask("BLPOP", "nothing", 0))
    await asyncio.sleep(0)
    await redis.client_kill_filter(_id=str(me))
    with pytest.raises(LineLost):
        await waits

    assert await line.ask("ECHO", "again") == b"again"


async def test_who_waits_on_a_dropped_line_hears_of_it(redis: Redis) -> None:
    line = RedisConnection(redis, SECONDS)
    await line.ask("PING")
    waits = asyncio.create_task(line.ask("BLPOP", "nothing", 0))
    await asyncio.sleep(0)
    line.drop()

    with pytest.raises(LineLost):
        await waits
    assert await line.ask("ECHO", "again") == b"again"


async def test_a_line_lost_while_others_wait_for_it_mixes_no_answers(redis: Redis) -> None:
    """It is let go of between its opening and the turn of those who waited for that."""
    line, opened = RedisConnection(redis, SECONDS), asyncio.Event()
    take = redis.connection_pool.get_connection

    async def opening(*told: Any, **named: Any) -> Any:  # noqa: ANN401 - as the client's
        held = await take(*told, **named)
        if not opened.is_set():
            opened.set()
            asyncio.get_running_loop().call_soon(line.drop)
        return held

    with patch.object(redis.connection_pool, "get_connection", opening):
        answers = await asyncio.gather(*(line.ask("ECHO", word) for word in "ab"))
        assert answers == [b"a", b"b"]
        assert await line.ask("ECHO", "c") == b"c"
    assert opened.is_set()


async def test_a_late_answer_ends_the_line_and_nobody_waits_longer(redis: Redis) -> None:
    line = RedisConnection(redis, 0.05)
    me = await line.ask("CLIENT", "ID")
    with pytest.raises(TimeoutError):
        await line.ask("BLPOP", "nothing", 0)

    assert await line.ask("CLIENT", "ID") != me


async def test_who_waits_behind_a_late_answer_is_told_with_it(redis: Redis) -> None:
    line = RedisConnection(redis, 0.05)
    await line.ask("PING")
    asked = (line.ask("BLPOP", "nothing", 0), line.ask("ECHO", "behind"))
    late, behind = await asyncio.gather(*asked, return_exceptions=True)

    assert isinstance(late, TimeoutError)
    assert isinstance(behind, LineLost)


async def test_a_line_that_was_given_up_by_all_is_let_go(redis: Redis) -> None:
    line = RedisConnection(redis, 0.05)
    me = await line.ask("CLIENT", "ID")
    waits = asyncio.create_task(line.ask("BLPOP", "nothing", 0))
    await asyncio.sleep(0)
    waits.cancel()
    with pytest.raises(LineLost):
        await line.ask("ECHO", "behind")

    assert await line.ask("CLIENT", "ID") != me
