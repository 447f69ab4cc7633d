"""Keys in the records: counted one at a time; where each was used, by all processes together."""

import asyncio
from datetime import timedelta

import pytest

from domain.api_keys import ApiKey, KeyScope, KeyUse, Rung
from domain.deeds import SettingsOperation
from domain.errors import InvalidInput
from domain.ids import GarageId, KeyId, OperationId, PersonId
from records.api_keys import ApiKeyStore
from records.audit_trail import AuditTrail
from records.database import Records
from tests.records.samples import START
from tests.records.test_audit_trail import WRITER


def key(n: int) -> ApiKey:
    return ApiKey(
        id=KeyId(f"00000000-0000-7000-8000-{n:012}"),
        prefix=f"{n:08}",
        partner="fleet",
        name="Fleet",
        scopes=(KeyScope.READ_CARDS,),
        garages=(GarageId("garage_pune"),),
        rung=Rung.LOG,
        made_by=PersonId("operator"),
        made_at=START,
        expires_at=START + timedelta(days=1),
    )


async def added(keys: ApiKeyStore, n: int) -> ApiKey:
    operation = SettingsOperation(id=OperationId(key(n).id), by=None, at=START)
    return await keys.add(key(n), b"", operation)


@pytest.mark.row("AU-3")
async def test_a_stolen_keys_addresses_are_all_kept(records: Records) -> None:
    """Whichever of two processes writes first, whose address came last or was seen earlier."""
    keys = ApiKeyStore(records, WRITER)
    made = await added(keys, 1)
    late = KeyUse(key=made.id, at=START + timedelta(seconds=9), addresses=("198.51.100.2",))
    early = KeyUse(key=made.id, at=START, addresses=("203.0.113.1", "198.51.100.2"))
    for use in (late, early, early):
        await keys.note_uses([use])
    found = await keys.get(made.id)
    assert (found.last_used_at, found.last_addresses) == (
        late.at,
        ("198.51.100.2", "203.0.113.1"),
    )
    many = tuple(f"192.0.2.{n}" for n in range(5))
    await keys.note_uses([KeyUse(key=made.id, at=START + timedelta(seconds=10), addresses=many)])
    assert (await keys.get(made.id)).last_addresses == many


async def test_the_last_place_is_given_once(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.api_keys.MOST_LIVE_KEYS", 3)
    keys = ApiKeyStore(records, WRITER)
    told = await asyncio.gather(*(added(keys, n) for n in range(8)), return_exceptions=True)
    assert [type(one) for one in told].count(InvalidInput) == 5
    made = {one.id for one in await keys.page(first=9)}
    assert len(made) == 3
    assert {deed.resource_id for deed in await AuditTrail(records).page(9)} == made
