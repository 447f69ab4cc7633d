"""How a garage's client hands in its queue where the service asks for less at a time."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.errors import Unavailable
from web.garage.client import RemoteService, drain_queue
from web.garage.replica import Replica

RETRY_SECONDS = 7


class Narrow:
    """A service that takes at most so many records a call, and says so as ours does."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: list[int] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        records: list[dict[str, Any]] = json.loads(request.content)["variables"]["operations"]
        self.sizes.append(len(records))
        if len(records) > self.most:
            error = {"message": "Too many requests.", "extensions": {"code": "TOO_MANY"}}
            headers = {"retry-after": str(RETRY_SECONDS)}
            return httpx.Response(429, json={"errors": [error]}, headers=headers)
        answers = [{"operationId": one["operationId"], "state": "APPLIED"} for one in records]
        told = {"__typename": "OperationsAnswered", "answers": answers}
        return httpx.Response(200, json={"data": {"syncOperations": told}})


def filled(file: Path, many: int) -> Replica:
    replica = Replica.open(file)
    for n in range(many):
        replica.enqueue({"operationId": f"op_{n}", "data": {}, "priority": 5}, n)
    return replica


async def drained(service: Narrow, replica: Replica, paused: list[float]) -> int:
    """Empty a queue into a service, noting for how long it would have waited."""

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(service.answer), base_url="http://battwheels.test"
    ) as http:
        return await drain_queue(replica, RemoteService(http, "token"), pause)


async def test_pages_shrink_and_wait_as_they_are_told(tmp_path: Path) -> None:
    service, replica, paused = Narrow(2), filled(tmp_path / "g.db", 5), list[float]()
    done = await drained(service, replica, paused)
    assert (done, replica.status().waiting) == (5, 0)
    assert (service.sizes, paused) == ([5, 2, 2, 1], [RETRY_SECONDS])


async def test_a_record_that_is_never_taken_stays_in_the_queue(tmp_path: Path) -> None:
    service, replica, paused = Narrow(0), filled(tmp_path / "g.db", 3), list[float]()
    with pytest.raises(Unavailable, match="Too many requests"):
        await drained(service, replica, paused)
    assert replica.status().waiting == 3
    assert (service.sizes, paused) == ([3, 1], [RETRY_SECONDS])
