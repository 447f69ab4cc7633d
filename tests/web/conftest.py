"""What most doors are tried on: a service that knows one card, at this moment."""

from datetime import UTC, datetime

import pytest

from tests.domain.samples import CARD
from tests.resolvers.fakes import World
from web import garage_rates


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    held.at = datetime.now(UTC)
    return held


@pytest.fixture
def patient_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a Redis beside a busy machine: what is counted is proved, not how fast."""
    monkeypatch.setattr(garage_rates, "REDIS_SECONDS", 10.0)
