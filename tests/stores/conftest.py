"""The fixture that lets one test run on the fake stores and on the real ones."""

import pytest

from tests.stores.store_set import House


@pytest.fixture(params=["fake", "real"])
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "fake":
        return House.in_memory()
    return House.on(request.getfixturevalue("graph"))
