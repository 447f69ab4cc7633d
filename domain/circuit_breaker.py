"""A circuit breaker: a dependency that keeps failing is left alone for a while (IP-1, GW-4).

Closed, it lets everybody through. After `failures` in a row it opens: who comes is refused at once,
without waiting for what does not answer. After `rest_s` seconds one caller is let through as a
probe; if it succeeds the breaker closes, if it fails it rests again. (Nygard, Release It!, 2nd
edition, 2018, chapter 5.) Whoever sees meanwhile that the dependency answers again says so
(`answers`), and the next caller is the probe.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from math import ceil
from time import monotonic

from domain.errors import Unavailable
from domain.liveness import BreakerState

FAILURES = 5
# What others run is left alone sooner: each try that finds nobody may have waited for seconds.
FAILURES_OUTSIDE = 3
REST_SECONDS = 30.0


class CircuitBreaker:
    """One for each process: what it knows is what this process saw."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest_s: float = REST_SECONDS,
        clock: Callable[[], float] = monotonic,
        told: str | None = None,
    ) -> None:
        """Open after so many failures in a row, for so long; `clock` gives seconds.

        `told` is what people hear whom it refuses, with `{silent}` and `{wait}` in it.
        """
        self._limit = failures
        self._rest_s = rest_s
        self._clock = clock
        self._told = told
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False
        self._silent = ""

    @property
    def silent(self) -> str | None:
        """The dependency that is left alone now, None while everybody is let through."""
        return None if self._opened_at is None else self._silent

    @property
    def state(self) -> BreakerState:
        """Half open: the rest is over, and one caller may find out or does."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        rested = self._clock() - self._opened_at >= self._rest_s
        return BreakerState.HALF_OPEN if rested else BreakerState.OPEN

    def answers(self) -> None:
        """Hear that the dependency answers again: no need to rest any longer."""
        if self._opened_at is not None:
            self._opened_at = self._clock() - self._rest_s

    @contextmanager
    def pass_through(self) -> Generator[None]:
        """Let the block through, and learn from how it ends.

        A refusal says nothing about the dependency: it may have come before that was asked.

        Raises:
            Unavailable: the breaker is open.
        """
        probe = self._admit_call()
        try:
            yield
        except Unavailable as error:
            self._record_failure(error, probe=probe)
            raise
        else:
            self._record_success(probe=probe)
        finally:
            if probe:
                self._probing = False

    def _admit_call(self) -> bool:
        """Say whether the caller is the probe."""
        if self._opened_at is None:
            return False
        left = self._opened_at + self._rest_s - self._clock()
        if left > 0 or self._probing:
            wait = max(1, ceil(left))
            raise Unavailable(
                self._silent,
                f"it failed several times; try again in {wait} s",
                self._told and self._told.format(silent=self._silent, wait=wait),
            )
        self._probing = True
        return True

    def _record_failure(self, error: Unavailable, *, probe: bool) -> None:
        if self._opened_at is not None and not probe:
            # It was let through before the breaker opened.
            return
        self._failures += 1
        self._silent = error.dependency
        if probe or self._failures >= self._limit:
            self._opened_at = self._clock()

    def _record_success(self, *, probe: bool) -> None:
        if probe or self._opened_at is None:
            self._failures, self._opened_at = 0, None
