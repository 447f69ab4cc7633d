"""One analysts' copy of a simulated year, made once for all tests that read it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from graph.database import Graph
from tests.conftest import JARS, SHORT_LIVED
from tests.web.analyst.simulated_source import SimulatedSource
from web.analyst.copies import AnalystCopy, CopyShelf
from web.analyst.refresh import CopyOrigin, refresh_copy, serve_copy
from web.analyst.server import open_copy, stop_copy
from web.local.neo4j import USER

AT = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ServedCopy:
    shelf: CopyShelf
    copy: AnalystCopy
    uri: str
    origin: CopyOrigin

    @property
    def environment(self) -> dict[str, str]:
        """What `battwheels analyst serve` prints for notebooks."""
        return {
            "ANALYST_URI": self.uri,
            "ANALYST_USER": USER,
            "ANALYST_PASSWORD_FILE": str(self.copy.home.secret("neo4j")),
            "ANALYST_TABLES": str(self.copy.tables),
        }


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[ServedCopy]:
    """A copy of ten simulated garages behind its read-only server."""
    source = SimulatedSource.made(tmp_path_factory.mktemp("year"))
    shelf = CopyShelf(tmp_path_factory.mktemp("analyst"), JARS)
    origin = CopyOrigin(graph=source, tables=source)
    copy = await refresh_copy(shelf, origin, AT, tuning=SHORT_LIVED)
    uri = await serve_copy(copy, tuning=SHORT_LIVED)
    yield ServedCopy(shelf, copy, uri, origin)
    stop_copy(shelf.demand_current())


@pytest.fixture
async def analyst(served: ServedCopy) -> AsyncGenerator[Graph]:
    graph = await open_copy(served.copy, served.uri)
    yield graph
    await graph.close()
