"""Cursors of lists: ours read back, anything else is refused by its name."""

from base64 import b64encode

import pytest

from domain.errors import InvalidInput
from schema.nodes import after_position

ODD = ["\x00", "a\x00b", "\u202eabc", "\ud800", "a\u200bb", "", " \n", "\x7f"]


def sealed(key: str) -> str:
    return b64encode(key.encode("utf-8", "surrogatepass")).decode()


@pytest.mark.parametrize("cursor", [*map(sealed, ODD), *ODD, "abc!", "=" * 8, "a" * 500, "é", "१२"])
def test_an_odd_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        after_position(cursor)
    assert refused.value.field == "after"


def test_a_cursor_of_ours_reads_back() -> None:
    assert after_position(sealed("fc_bms_drift")) == "fc_bms_drift"
