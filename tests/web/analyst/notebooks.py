"""Running a notebook as an analyst does, with the copy that the environment names."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import nbformat
import pytest
from nbclient import NotebookClient

from tests.test_architecture import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 180


def cells(path: Path) -> list[Any]:
    """Give the cells as they are committed."""
    return cast("Any", nbformat.read(path, as_version=4)).cells


def told_by(path: Path, environment: Mapping[str, str], patch: pytest.MonkeyPatch) -> str:
    """Run every cell of a notebook, and give what its conclusion says.

    With `KEEP_NOTEBOOKS=FOLDER` the notebook is kept there with what it showed.
    """
    for name, value in environment.items():
        patch.setenv(name, value)
    notebook: Any = cast("Any", nbformat.read(path, as_version=4))
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=where).execute()
    if kept := os.environ.get("KEEP_NOTEBOOKS"):
        nbformat.write(notebook, Path(kept) / path.name)
    return str(notebook.cells[-1].outputs[0].text)
