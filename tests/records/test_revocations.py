"""The revocation log: read over a line of its own, which is cut where nobody answers."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import Unavailable
from records.database import Records, cut_after
from records.revocations import RevocationLog, read_keys, read_recent


async def test_a_line_that_is_silent_is_cut(records: Records) -> None:
    async def asked() -> None:
        async with RevocationLog(records).line() as line:
            with cut_after(line, 0.05):
                await line.execute("select pg_sleep(600)")

    with pytest.raises(Unavailable):
        await asked()


@pytest.mark.row("AU-1")
async def test_a_key_is_known_until_its_tokens_are_over(records: Records) -> None:
    log, now = RevocationLog(records), datetime.now(UTC)
    await log.publish("new", {"kty": "EC"}, now + timedelta(minutes=15))
    await log.publish("old", {"kty": "EC"}, now - timedelta(seconds=1))
    await log.publish("new", {"kty": "oct"}, now + timedelta(days=9))
    async with log.line() as line:
        assert await read_keys(line) == {"new": {"kty": "EC"}}
        assert await read_recent(line, 60) == []
