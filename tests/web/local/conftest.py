"""Homes of these tests."""

from collections.abc import Generator

import pytest

from tests.web.local.child_processes import JARS
from web.local import stores
from web.local.home import StoreHome


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[StoreHome]:
    """A home of its own, with the jars of the project's home; whatever runs in it is ended."""
    home = StoreHome.at(tmp_path_factory.mktemp("home"), JARS)
    yield home
    stores.stop_stores(home)


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[StoreHome]:
    """A home for PostgreSQL and Redis alone, deeper than a socket file's path may be."""
    deep = tmp_path_factory.mktemp("small") / ("deep " * 12) / ("deeper" * 12)
    home = StoreHome.at(deep)
    yield home
    stores.stop_stores(home)
