"""Whether the service is alive and ready, and what it counts."""

import asyncio

import pytest

from tests.resolvers.fakes import World
from tests.web.doors import PATH, app, client
from web import health


async def answers() -> None:
    return None


async def raises() -> None:
    raise OSError("refused")


async def hangs() -> None:
    await asyncio.sleep(60)


@pytest.mark.row("DP-3")
async def test_health_asks_nobody() -> None:
    probes = {"neo4j": raises, "postgres": raises, "redis": raises}
    async with client(app(World(), probes=probes)) as opened:
        answer = await opened.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.row("DP-4", missing="the probes are fakes: Postgres is never stopped")
async def test_ready_says_which_store_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.Readiness.__init__, "__defaults__", (0.05,))
    probes = {"neo4j": answers, "postgres": raises, "redis": hangs}
    async with client(app(World(), probes=probes)) as opened:
        answer = await opened.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "stores": {"neo4j": True, "postgres": False, "redis": False},
    }


async def test_ready_when_all_stores_answer() -> None:
    async with client(app(World())) as opened:
        answer = await opened.get("/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"


async def test_metrics_have_bounded_labels() -> None:
    async with client(app(World())) as opened:
        for path in ("/a", "/b", "/c", PATH):
            await opened.get(path, params={"query": "{__typename}"})
        answer = await opened.get("/metrics")
    counted = [
        line
        for line in answer.text.splitlines()
        if line.startswith("battwheels_http_requests_total")
    ]
    assert counted == [
        'battwheels_http_requests_total{method="GET",route="other",status="404"} 3.0',
        'battwheels_http_requests_total{method="GET",route="/v1/graphql",status="200"} 1.0',
    ]
