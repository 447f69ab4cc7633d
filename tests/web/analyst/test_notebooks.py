"""The notebooks as they are committed; one of them is run on a few simulated repairs."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from graph.analyst_copy import GraphCopy
from graph.database import Graph
from tests.web.analyst.notebooks import NOTEBOOKS, cells, told_by
from tests.web.analyst.simulated_source import YEAR, SimulatedSource
from web.analyst.tables import write_tables
from web.local.stores import StoreUrls

pytestmark = pytest.mark.row("EX-8")
FEW = replace(YEAR, repairs=400, garages=3)


def test_there_are_eight_notebooks() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{n:02}" for n in range(1, 9)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_prose_code_and_a_conclusion_without_outputs(path: Path) -> None:
    first, *rest = cells(path)
    code = [one for one in rest if one.cell_type == "code"]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert [one.source for one in rest if one.source == "## Conclusion"] == ["## Conclusion"]
    assert [one.outputs for one in code] == [[]] * len(code)
    assert {one.execution_count for one in code} == {None}
    for one in code:
        ast.parse(one.source)


async def test_a_notebook_runs(
    graph: Graph, stores: StoreUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the tests' own graph, which takes the form of a copy for it; all run in the long lane."""
    source = SimulatedSource.made(tmp_path / "year", FEW)
    await GraphCopy(graph, b"salt").fill(source)
    await write_tables(source, tmp_path / "tables")
    (tmp_path / "password").write_text(stores.neo4j_password)
    environment = {
        "ANALYST_URI": stores.neo4j_uri,
        "ANALYST_USER": stores.neo4j_user,
        "ANALYST_PASSWORD_FILE": str(tmp_path / "password"),
        "ANALYST_TABLES": str(tmp_path / "tables"),
    }
    said = told_by(NOTEBOOKS[0], environment, monkeypatch)
    assert f"of {len(source.history.repairs)} closed repairs." in said
