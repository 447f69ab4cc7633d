"""In production the schema is for administrators: a partner's word list finds none of its names."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from domain.access import Role
from domain.api_keys import ApiKey, KeyId, KeyScope, Rung
from domain.ids import PersonId
from resolvers.api import build_api
from tests.domain.samples import NOW, PUNE
from tests.resolvers.fakes import World
from tests.resolvers.inputs import OPERATION
from tests.resolvers.test_variables import REPORT
from tests.web.clients import PATH, actor, app, bearer, client
from web.caps import Caps
from web.live_keys import Machine

SECRET = {"authorization": "Bearer bw_of_a_partner"}
KEY = ApiKey(
    id=KeyId("key_1"),
    prefix="bw_of",
    partner="fleet-pune",
    name="Nightly report",
    scopes=(KeyScope.READ_TICKETS, KeyScope.READ_CARDS),
    garages=(PUNE,),
    rung=Rung.LOG,
    made_by=PersonId("zoya"),
    made_at=NOW,
    expires_at=NOW + timedelta(days=1),
)
TYPES = "{ __schema { queryType { name } } }"
MASKED = "The document does not fit the schema of this API at the places that are named."
# A word list costs its sender refusals, which would end it here.
CAPS = Caps(refusals_at_once=10**6, units_at_once=10**6, late_milliseconds=10**6)
API = build_api(introspection=False)
# What a word list does to every name: a letter short, without what it needs, with too much.
GUESSES = ("{{ {short} }}", "{{ {name} {{ nothing }} }}", "{{ {name}(nothing: 1) }}")


class OneKey:
    def verify(self, *_: object, **__: object) -> Machine:
        return Machine(actor=KEY.actor(), key=KEY, gone=asyncio.Event())


def production(world: World) -> Any:  # noqa: ANN401
    return app(world, development=False, caps=CAPS, keys=cast("Any", OneKey()))


async def errors_of(
    door: httpx.AsyncClient, query: str, headers: dict[str, str], **variables: object
) -> list[dict[str, Any]]:
    sent = {"query": query, "variables": variables}
    return (await door.post(PATH, json=sent, headers=headers)).json().get("errors", [])


@pytest.mark.row("EX-7")
async def test_a_word_list_finds_no_name() -> None:
    root = API.types.query_type
    assert root is not None
    told = set[tuple[str, str, frozenset[str]]]()
    async with client(production(World())) as door:
        for name in root.fields:
            for guess in GUESSES:
                query = guess.format(name=name, short=name[:-1])
                for one in await errors_of(door, query, SECRET):
                    told.add((one["message"], one["extensions"]["code"], frozenset(one)))
    assert told == {(MASKED, "INVALID_DOCUMENT", frozenset({"message", "locations", "extensions"}))}


async def test_a_partners_wrong_variable_names_nothing() -> None:
    wrong = {"txt": "x"}
    async with client(production(World())) as door:
        given = {"op": str(OPERATION), "report": wrong}
        [partner] = await errors_of(door, REPORT, SECRET, **given)
        [person] = await errors_of(door, REPORT, bearer(actor(Role.TECHNICIAN)), **given)
    assert partner["extensions"] == {"code": "INVALID_VARIABLES"}
    assert partner["message"] == (
        "The value of $report does not fit its type. The reference tells what it takes."
    )
    assert person["message"] == "report: unknown field `txt`"


async def test_administrators_alone_ask_what_the_schema_holds() -> None:
    async with client(production(World())) as door:
        for headers in (SECRET, bearer(actor(Role.TECHNICIAN)), bearer(actor(Role.MANAGER))):
            [error] = await errors_of(door, TYPES, headers)
            assert error["extensions"] == {"code": "INVALID_DOCUMENT"}
        answer = await door.post(PATH, json={"query": TYPES}, headers=bearer(actor()))
        assert answer.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
        [typo] = await errors_of(door, "{ cardz { key } }", bearer(actor()))
        [again] = await errors_of(door, TYPES, SECRET)
    assert typo["message"] == "Cannot query field 'cardz' on type 'Query'."
    assert again["extensions"] == {"code": "INVALID_DOCUMENT"}
