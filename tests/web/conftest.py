"""What most doors are tried on: a service that knows one card, at this moment."""

from datetime import UTC, datetime

import pytest

from tests.domain.samples import CARD
from tests.resolvers.fakes import World


@pytest.fixture
def world() -> World:
    held = World()
    held.hold(CARD)
    held.at = datetime.now(UTC)
    return held
