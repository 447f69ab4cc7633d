"""Whether the service is alive and ready, and what it counts."""

import asyncio
from pathlib import Path

import httpx
import pytest

from domain.liveness import BreakerState
from tests.commands import free_port
from tests.patience import PATIENT_SECONDS
from tests.resolvers.fakes import World
from tests.waits import eventually
from tests.web.clients import PATH, actor, app, bearer, client
from web import health, management
from web.health import Parts, Probe
from web.loop_lag import LoopLag
from web.management import serve_management
from web.metrics import Metrics
from web.operators import Operators
from web.settings import RunMode, Settings

STORES: tuple[str, ...] = ("neo4j", "postgres", "redis")


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


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(health.Readiness.__init__, "__defaults__", (0.05,))


@pytest.mark.parametrize("broken", [raises, hangs])
@pytest.mark.parametrize(
    ("store", "code", "status"),
    [("postgres", 503, "unavailable"), ("neo4j", 200, "degraded"), ("redis", 200, "degraded")],
)
async def test_ready_says_which_store_is_missing(
    broken: Probe, store: str, code: int, status: str
) -> None:
    probes = dict.fromkeys(STORES, answers) | {store: broken}
    async with client(app(World(), probes=probes)) as opened:
        answer = await opened.get("/ready")
    assert answer.status_code == code
    assert answer.json() == {
        "status": status,
        "stores": {name: name != store for name in STORES},
        "matches": "partial" if store == "neo4j" else "whole",
        "notes": {},
    }


async def test_ready_when_all_is_whole() -> None:
    parts = Parts()
    parts.started = parts.matches = False
    said = list[tuple[int, str]]()
    async with client(app(World(), parts=parts)) as opened:
        for parts.started, parts.matches in ((False, False), (True, False), (True, True)):
            answer = await opened.get("/ready")
            said.append((answer.status_code, answer.json()["status"]))
    assert said == [(503, "starting"), (200, "degraded"), (200, "ready")]


async def test_the_inside_is_for_operators() -> None:
    parts = Parts()
    parts.note("anchors", "a line was altered")
    door = app(World(), development=False, operators=Operators(token="s" * 32), parts=parts)
    right, wrong = {"authorization": f"Bearer {'s' * 32}"}, {"authorization": "Bearer other"}
    async with client(door) as opened:
        for headers in ({}, wrong, bearer(actor())):
            hidden = await opened.get("/ready", headers=headers)
            assert (hidden.status_code, hidden.json()) == (200, {"status": "ready"})
            refused = await opened.get("/metrics", headers=headers)
            assert refused.status_code == 401
            assert "battwheels_" not in refused.text
        shown = await opened.get("/ready", headers=right)
        counted = await opened.get("/metrics", headers=right)
    assert shown.json()["notes"] == {"anchors": "a line was altered"}
    assert "battwheels_http_requests_total" in counted.text


async def test_without_a_token_production_shows_nobody() -> None:
    async with client(app(World(), development=False)) as opened:
        empty = {"authorization": "Bearer "}
        assert (await opened.get("/metrics", headers=empty)).status_code == 401
        assert (await opened.get("/ready")).json() == {"status": "ready"}


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


async def test_a_port_of_its_own_answers_operators(tmp_path: Path, port: int) -> None:
    settings = Settings(home=tmp_path, management_port=port, environment=RunMode.PRODUCTION)
    probes, metrics = dict.fromkeys(STORES, answers), Metrics()
    async with (
        serve_management(settings, probes, Parts(), metrics, LoopLag()),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENT_SECONDS) as opened,
    ):

        async def ready() -> bool:
            try:
                return (await opened.get("/ready")).is_success
            except httpx.TransportError:
                return False

        await eventually(ready, bool)
        metrics.broken("anchors", broken=True)
        counted = await opened.get("/metrics")
        assert (await opened.get("/health")).json() == {"status": "ok"}
    assert 'battwheels_part_broken{part="anchors"} 1.0' in counted.text.splitlines()


async def test_its_port_answers_while_the_loop_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    """A supervisor must not end a process that is busy, and must end one that is stuck."""
    monkeypatch.setattr(management, "READY_SECONDS", 0.1)
    settings, lag = Settings(home=tmp_path, management_port=port), LoopLag()
    watching = asyncio.create_task(lag.watch())
    async with serve_management(settings, dict.fromkeys(STORES, answers), Parts(), Metrics(), lag):
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=url, timeout=PATIENT_SECONDS) as opened:
            await eventually(lambda: asyncio.to_thread(_is_up, opened), bool)
            await eventually(lambda: _silence(lag), lambda seconds: seconds > 0)
            # No await from here on: the loop does nothing but wait for these answers.
            meanwhile = [_said(opened, "/health"), _said(opened, "/ready")]
            monkeypatch.setattr(management, "STUCK_SECONDS", 0.0)
            meanwhile.append(_said(opened, "/health"))
    watching.cancel()
    assert meanwhile == [(200, "ok"), (503, "unavailable"), (503, "stuck")]


def _said(opened: httpx.Client, path: str) -> tuple[int, str]:
    answer = opened.get(path)
    return answer.status_code, answer.json()["status"]


def _is_up(opened: httpx.Client) -> bool:
    try:
        return opened.get("/health").is_success
    except httpx.TransportError:
        return False


async def _silence(lag: LoopLag) -> float:
    return lag.silent_seconds


@pytest.mark.row("GW-4")
def test_each_breaker_is_a_label_of_one_metric() -> None:
    metrics, state = Metrics(), dict.fromkeys(("neo4j", "redis"), BreakerState.CLOSED)
    for dependency in state:
        metrics.watch_breaker(dependency, lambda one=dependency: state[one])

    def told() -> list[float | None]:
        read = metrics.registry.get_sample_value
        return [read("battwheels_breaker", {"dependency": one}) for one in state]

    assert told() == [0, 0]
    state["redis"] = BreakerState.OPEN
    assert told() == [0, 2]
    state["redis"] = BreakerState.HALF_OPEN
    assert told() == [0, 1]


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
