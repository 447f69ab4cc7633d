"""Every field that can be asked, for every role, on real stores: the matrix's verdict, no other."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, cast

import pytest
from graphql import GraphQLField

from domain.access import Actor, Role
from domain.ids import PersonId
from resolvers.api import Api, build_api
from resolvers.context import RequestContext
from tests.journeys.people import PUNE
from tests.journeys.schema_walk import API, filled, members, roots
from tests.journeys.stored_counts import stored_counts
from tests.resolvers.test_guards import WRITTEN, allowed
from web.server import build_services
from web.wiring import Runtime

pytestmark = pytest.mark.journey
ROLES = [pytest.param(role, marks=pytest.mark.row(f"AZ-{n}")) for n, role in enumerate(Role, 1)]
# What is named is in the own garage, where it is named at all; a cursor that is none ends a stream.
GIVEN: Mapping[str, object] = {"garage": PUNE, "after": "nonsense"}
VERDICT = "{ __typename ... on NotAllowed { role action resource } }"


@pytest.fixture(scope="module")
def api() -> Api:
    return build_api(introspection=False)


@pytest.mark.parametrize("role", ROLES)
async def test_role_is_refused_what_it_may_not(
    house: Runtime, api: Api, role: Role, record_property: Callable[[str, object], None]
) -> None:
    before = await stored_counts(house)
    closed = [field for field in WRITTEN if not allowed(field, role)]
    verdicts = {field: await _verdict(api, house, role, field) for field in closed}
    record_property("leaks", sum(verdict is None for verdict in verdicts.values()))
    assert verdicts == {
        field: {
            "role": role,
            "action": WRITTEN[field].action,
            "resource": WRITTEN[field].kinds[0],
        }
        for field in closed
    }
    assert await stored_counts(house) == before


@pytest.mark.parametrize("role", ROLES)
async def test_role_may_do_what_is_its(house: Runtime, api: Api, role: Role) -> None:
    opened = [field for field in WRITTEN if allowed(field, role)]
    refused = [f for f in opened if await _verdict(api, house, role, f) is not None]
    assert refused == []


async def test_nobody_is_refused_everything(house: Runtime, api: Api) -> None:
    before = await stored_counts(house)
    codes = {field: await _code(api, house, field) for field in WRITTEN}
    assert codes == dict.fromkeys(WRITTEN, "NOT_AUTHENTICATED")
    assert await stored_counts(house) == before


async def _verdict(api: Api, house: Runtime, role: Role, field: str) -> dict[str, str] | None:
    """Give who was refused what, None where the guard let them pass."""
    actor = Actor(id=PersonId("zoya"), role=role, garage=PUNE)
    data, errors = await _asked(api, house, actor, field)
    it = data and data["it"]
    # A list is an answer: what refuses is an object.
    if isinstance(it, Mapping) and it["__typename"] == "NotAllowed":
        return {name: it[name] for name in ("role", "action", "resource")}
    for error in errors:
        told: dict[str, str] = error.extensions or {}
        if told.get("code") == "NOT_ALLOWED":
            return {name: told[name] for name in ("role", "action", "resource")}
    return None


async def _code(api: Api, house: Runtime, field: str) -> str | None:
    _, errors = await _asked(api, house, None, field)
    told: dict[str, str] = errors[0].extensions if errors else {}
    return told.get("code")


async def _asked(api: Api, house: Runtime, actor: Actor | None, field: str) -> tuple[Any, Any]:
    """Ask one field and give the first answer."""
    context = RequestContext(services=build_services(house), trace="permissions", signed_in=actor)
    operation, document = _document(field)
    if operation != "subscription":
        found = await api.execute(document, context_value=context)
        return found.data, found.errors or []
    results = await api.stream(document, context_value=context)
    async with aclosing(cast("AsyncGenerator[Any]", results)) as answers:
        async for answer in answers:
            return answer.data, answer.errors or []
    return None, []


def _document(field: str) -> tuple[str, str]:
    kinds = {"query": API.query_type, "mutation": API.mutation_type}
    kinds["subscription"] = API.subscription_type
    for operation, root in kinds.items():
        found = roots(root).get(field)
        if found is not None:
            return operation, f"{operation} {{ it: {field}{filled(found, GIVEN)} {_shape(found)} }}"
    raise LookupError(field)


def _shape(found: GraphQLField) -> str:
    named = {member.name for member in members(found)}
    return VERDICT if "NotAllowed" in named else "{ __typename }"
