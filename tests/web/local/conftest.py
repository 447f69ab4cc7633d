"""Homes of these tests."""

from collections.abc import Generator

import pytest

from tests.web.local.children import JARS
from web.local import stores
from web.local.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Home]:
    """A home of its own, with the jars of the project's home; whatever runs in it is ended."""
    home = Home.at(tmp_path_factory.mktemp("home"), JARS)
    yield home
    stores.stop(home)


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Home]:
    """A home for PostgreSQL and Redis alone, deeper than a socket file's path may be."""
    deep = tmp_path_factory.mktemp("small") / ("deep " * 12) / ("deeper" * 12)
    home = Home.at(deep)
    yield home
    stores.stop(home)
