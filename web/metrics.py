"""What Prometheus may ask: requests, operations and sockets, with labels from closed sets only."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

METHODS = frozenset({"GET", "POST", "OPTIONS", "HEAD", "PUT", "DELETE", "PATCH"})
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
        self.sockets = Gauge(
            "battwheels_websockets", "Open WebSocket connections.", registry=self.registry
        )

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        known = method if method in METHODS else "other"
        self._requests.labels(route, known, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def operation(self, outcome: str) -> None:
        self._operations.labels(outcome).inc()

    async def endpoint(self, _: Request) -> Response:
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)
