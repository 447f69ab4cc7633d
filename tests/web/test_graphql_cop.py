"""The checks of graphql-cop, as it sends them, against production: none finds what it looks for.

graphql-cop (github.com/dolevf/graphql-cop) asks in thirteen ways, of whom it lists twelve as tests;
each is a line here, with what it takes for a finding turned round.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest

from domain.access import Role
from tests.resolvers.fakes import World
from tests.web.clients import PATH, actor, app, bearer, client

DEEP = "fields { type { " * 4 + "name" + " } }" * 4
FORM = {"content-type": "application/x-www-form-urlencoded"}
EVIL = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is sent, and what must not be found in the answer.

    Attributes:
        asked: the document.
        code: what refuses it.
        found: what the audit looks for.
    """

    asked: str
    code: str | None
    found: str = '"data":{'


def _aliases() -> str:
    return "query cop { " + " ".join(f"alias{n}: __typename" for n in range(101)) + " }"


CHECKS = {
    "alias overloading": Check(asked=_aliases(), code="TOO_MUCH"),
    "field duplication": Check(asked="query cop { " + "__typename \n" * 500 + "}", code="TOO_MUCH"),
    "directive overloading": Check(
        asked="query cop { __typename " + "@aa" * 10 + " }", code="INVALID_DOCUMENT", found="@aa"
    ),
    "known directives, many times": Check(
        asked="query cop { __typename " + "@skip(if: false) " * 50 + "}", code="TOO_MUCH"
    ),
    "circular introspection": Check(
        asked=f"query cop {{ __schema {{ types {{ {DEEP} }} }} }}", code="TOO_MUCH"
    ),
    "field suggestions": Check(
        asked="query cop { __schema { directive } }", code="INVALID_DOCUMENT", found="Did you mean"
    ),
    "unhandled errors": Check(asked="qwerty cop { abc }", code=None, found="exception"),
    "tracing": Check(asked="query cop { __typename }", code=None, found="tracing"),
}


@pytest.fixture
async def opened() -> AsyncGenerator[httpx.AsyncClient]:
    """A technician's client of the application as production has it."""
    headers = bearer(actor(Role.TECHNICIAN))
    async with client(app(World(), development=False), headers) as found:
        yield found


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
async def test_a_document_finds_nothing(opened: httpx.AsyncClient, check: Check) -> None:
    answer = await opened.post(PATH, json={"query": check.asked})
    assert check.found not in answer.text
    assert len(answer.content) < 2_000
    if check.code is not None:
        codes = {error["extensions"]["code"] for error in answer.json()["errors"]}
        assert codes == {check.code}


async def test_introspection_finds_nothing() -> None:
    """Nobody reads the schema by asking: not even that it may not be read."""
    asked = {"query": "query cop { __schema { types { name fields { name } } } }"}
    async with client(app(World(), development=False)) as nobody:
        answer = await nobody.post(PATH, json=asked)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
        401,
        "NOT_AUTHENTICATED",
    )
    assert "__schema" not in answer.text


async def _batch(opened: httpx.AsyncClient) -> httpx.Response:
    return await opened.post(PATH, json=[{"query": "query cop { __typename }"}] * 10)


async def _mutation_by_get(opened: httpx.AsyncClient) -> httpx.Response:
    return await opened.get(PATH, params={"query": "mutation cop { __typename }"})


async def _form(opened: httpx.AsyncClient) -> httpx.Response:
    return await opened.post(PATH, content="query=query+cop+%7B__typename%7D", headers=FORM)


async def _explorer(opened: httpx.AsyncClient) -> httpx.Response:
    return await opened.get(PATH, headers={"accept": "text/html"})


async def _forged_get(opened: httpx.AsyncClient) -> httpx.Response:
    """A GET may ask (RFC of GraphQL over HTTP); a page of another site makes nobody ask."""
    del opened.headers["authorization"]
    return await opened.get(PATH, params={"query": "query cop { __typename }"}, headers=EVIL)


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (_batch, 400),
        (_mutation_by_get, 400),
        (_form, 415),
        (_explorer, 406),
        (_forged_get, 403),
    ],
    ids=["batches", "mutations by GET", "forms", "an explorer", "queries by GET"],
)
async def test_a_way_of_asking_finds_nothing(
    opened: httpx.AsyncClient,
    send: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]],
    status: int,
) -> None:
    answer = await send(opened)
    assert answer.status_code == status
    assert set(answer.json()) == {"errors"}
    assert "graphiql" not in answer.text.lower()
