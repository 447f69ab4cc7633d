"""Where the analysts' copies lie."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import JARS
from web.analyst.copies import CopyShelf

pytestmark = pytest.mark.row("EX-8")


def test_a_new_copy_is_closed_to_others(tmp_path: Path) -> None:
    """Whatever the mask: the books are in it, and a home of root's lets others pass."""
    before = os.umask(0)
    try:
        copy = CopyShelf(tmp_path / "analyst", JARS).new(datetime(2026, 12, 1, tzinfo=UTC))
    finally:
        os.umask(before)
    assert copy.folder.stat().st_mode & 0o777 == 0o700
