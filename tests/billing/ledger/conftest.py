"""The books of a garage, as most tests of the ledger find them: empty."""

import pytest

from records.database import Records
from tests.billing.sample_books import Desk, desk


@pytest.fixture
def books(records: Records) -> Desk:
    return desk(records)
