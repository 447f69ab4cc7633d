"""What knows people, over empty records."""

from pathlib import Path

import pytest

from records.database import Records
from web.people import PeopleRuntime, open_people_alone
from web.settings import Settings
from web.tokens import build_tokens


@pytest.fixture
async def people(records: Records, tmp_path: Path) -> PeopleRuntime:
    settings = Settings(home=tmp_path)
    return await open_people_alone(settings, records, build_tokens(settings))
