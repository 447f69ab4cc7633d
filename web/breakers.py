"""One circuit breaker for each dependency outside: mail, vendors, models, sign-in (GW-4)."""

from domain.circuit_breaker import FAILURES_OUTSIDE, CircuitBreaker


class Breakers:
    """Those of a process, by the dependency's name; whoever asks the same name shares one."""

    def __init__(self) -> None:
        self.known: dict[str, CircuitBreaker] = {}

    def of(self, dependency: str) -> CircuitBreaker:
        return self.known.setdefault(dependency, CircuitBreaker(FAILURES_OUTSIDE))
