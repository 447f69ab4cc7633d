"""What Prometheus may ask: requests, operations and sockets, with labels from closed sets only."""

from collections.abc import Awaitable, Callable
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.liveness import BreakerState
from web.operators import Operators

METHODS = frozenset({"GET", "POST", "OPTIONS", "HEAD", "PUT", "DELETE", "PATCH"})
HIDDEN = {
    "message": "Metrics are for operators: send `Authorization: Bearer` with the operator token.",
    "extensions": {"code": "NOT_AUTHENTICATED"},
}
BREAKERS = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}
LABELS = 512
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One registry for each application, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "battwheels_http_requests_total",
            "HTTP requests answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "battwheels_http_request_seconds",
            "Time from the request to its answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._operations = Counter(
            "battwheels_graphql_operations_total",
            "GraphQL operations by outcome.",
            ("outcome",),
            registry=self.registry,
        )
        self.unregistered = Counter(
            "battwheels_unregistered_documents_total",
            "Documents that ran though nobody has registered them (callers at the rung LOG).",
            registry=self.registry,
        )
        self._broken = Gauge(
            "battwheels_part_broken",
            "1 while a part needs an operator (the log and /ready say what to do).",
            ("part",),
            registry=self.registry,
        )
        self.read_model = Gauge(
            "battwheels_read_model_bytes",
            "Memory of the cards that are kept to be found; 0 while the graph finds them.",
            registry=self.registry,
        )
        self._alarms = Counter(
            "battwheels_alarms_total",
            "Alarms of the audit trail by kind.",
            ("kind",),
            registry=self.registry,
        )
        self._let_go = Counter(
            "battwheels_personal_records_removed_total",
            "Records of people that were kept long enough and are gone, by kind.",
            ("kind",),
            registry=self.registry,
        )
        self._breakers = Gauge(
            "battwheels_breaker",
            "0 while a dependency is asked, 1 while one try finds out whether it is back (half "
            "open), 2 while it is left alone.",
            ("dependency",),
            registry=self.registry,
        )
        self.sockets = Gauge(
            "battwheels_websockets", "Open WebSocket connections.", registry=self.registry
        )

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        known = method if method in METHODS else "other"
        self._answered(route, known, status).inc()
        self._taken(route).observe(seconds)

    def operation(self, outcome: str) -> None:
        self._operations.labels(outcome).inc()

    # The client looks its labels up under a lock; there are few of them.

    @lru_cache(maxsize=LABELS)  # noqa: B019 - one registry for each application
    def _answered(self, route: str, method: str, status: int) -> Counter:
        return self._requests.labels(route, method, str(status))

    @lru_cache(maxsize=LABELS)  # noqa: B019 - as above
    def _taken(self, route: str) -> Histogram:
        return self._seconds.labels(route)

    def alarm(self, kind: str) -> None:
        self._alarms.labels(kind).inc()

    def let_go(self, kind: str, count: int) -> None:
        self._let_go.labels(kind).inc(count)

    def broken(self, part: str, *, broken: bool) -> None:
        self._broken.labels(part).set(int(broken))

    def watch_breaker(self, dependency: str, state: Callable[[], BreakerState]) -> None:
        """Tell the state of a dependency's breaker whenever somebody looks."""
        self._breakers.labels(dependency).set_function(lambda: BREAKERS[state()])

    def guarded(self, operators: Operators) -> Callable[[Request], Awaitable[Response]]:
        """Give the endpoint, which shows operators what was counted."""

        async def endpoint(request: Request) -> Response:
            if not operators.admits(request):
                return JSONResponse({"errors": [HIDDEN]}, status_code=401)
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return endpoint
