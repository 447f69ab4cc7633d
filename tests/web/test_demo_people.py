"""The demo's people sign in as everybody does, by passwords of this start alone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from access.sign_in import SignedIn
from access.sign_in_tries import SignInRequest
from domain.access import Role
from domain.errors import NotAuthenticated, Refused, UnsafeSetting
from domain.ids import OperationId
from domain.sessions import ClientKind
from records.database import Records
from tests.web.test_secrets_of_production import SAFE
from web.cli import demo
from web.cli.demo_people import GARAGE, DemoPerson, let_in
from web.people import PeopleRuntime, open_people_alone
from web.settings import Settings
from web.tokens import build_tokens


async def entered(people: PeopleRuntime, one: DemoPerson) -> SignedIn:
    id, now = OperationId(str(uuid4())), datetime.now(UTC)  # noqa: A001
    request = SignInRequest(id=id, client=ClientKind.NATIVE, address="192.0.2.7", at=now)
    entry = await people.door.sign_in(one.email, one.password, request)
    assert isinstance(entry, SignedIn)
    return entry


async def test_each_start_gives_fresh_passwords(records: Records, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    people = await open_people_alone(settings, records, build_tokens(settings))
    first = await let_in(people)
    came = await entered(people, first.technician)
    again = await let_in(people)
    duties = [(await entered(people, one)).person.duty for one in (again.technician, again.manager)]
    assert [(duty.role, duty.garage) for duty in duties] == [
        (Role.TECHNICIAN, GARAGE),
        (Role.MANAGER, GARAGE),
    ]
    for old in (first.technician, replace(again.technician, password=again.manager.password)):
        with pytest.raises(NotAuthenticated):
            await entered(people, old)
    # Whoever was in since the last start is out.
    await people.revocations.read()
    with pytest.raises(NotAuthenticated):
        people.callers.verify(came.access_token, datetime.now(UTC))
    await records.rows("update person set state = 'suspended' where role = 'manager' returning id")
    with pytest.raises(Refused, match=r"manager@demo\.example was suspended"):
        await let_in(people)


def test_production_has_no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UnsafeSetting, match="for development only"):
        demo.demo(once=True)
