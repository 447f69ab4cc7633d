"""Documents that hold several hostile values at once, and what was answered to each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import httpx
import orjson

from tests.hostile.doors import OPERATIONS, Door
from tests.hostile.values import HostileValue
from tests.journeys.schema_walk import members, roots
from web.asgi import GRAPHQL

TOGETHER = 8
REFUSAL = "... on Refusal { message }"
FIELD = "... on InvalidInput { field }"


@dataclass(frozen=True, slots=True)
class Ask:
    """One value at one door, with good arguments around it."""

    door: Door
    hostile: HostileValue
    variables: Mapping[str, object]

    @property
    def name(self) -> str:
        return f"{self.door.name} <- {self.hostile.name}"


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered: the codes of its errors or the name of a refusal, None for success."""

    status: int
    code: str | None
    field: str | None
    size: int

    @property
    def path(self) -> str | None:
        """The field that was named, places of lists aside."""
        if self.field is None:
            return None
        return ".".join(step for step in self.field.split(".") if not step.isdecimal())


def in_batches(asks: Sequence[Ask], size: int = TOGETHER) -> Iterator[tuple[Ask, ...]]:
    """Yield asks that may stand in one document."""
    waiting = iter(asks)
    while batch := tuple(islice(waiting, size)):
        yield batch


def document(asks: Sequence[Ask], *, alias: bool = True) -> tuple[str, dict[str, object]]:
    """Give one document for several asks of one operation, and its variables."""
    fields, defined, variables = list[str](), list[str](), dict[str, object]()
    for n, ask in enumerate(asks):
        root = roots(OPERATIONS[ask.door.operation])[ask.door.verb]
        given: list[str] = []
        for name, value in ask.variables.items():
            defined.append(f"$v{n}_{name}: {root.args[name].type}")
            variables[f"v{n}_{name}"] = value
            given.append(f"{name}: $v{n}_{name}")
        called = f"({', '.join(given)})" if given else ""
        named = f"a{n}: " if alias else ""
        fields.append(f"{named}{ask.door.verb}{called} {_shape(root)}")
    head = asks[0].door.operation + (f"({', '.join(defined)})" if defined else "")
    return f"{head} {{ {' '.join(fields)} }}", variables


def _shape(root: Any) -> str:  # noqa: ANN401 - of graphql
    kinds = {member.name for member in members(root)}
    told = [FIELD] if "InvalidInput" in kinds else []
    told += [REFUSAL] if any(_refuses(member) for member in members(root)) else []
    return f"{{ __typename {' '.join(told)} }}"


def _refuses(member: Any) -> bool:  # noqa: ANN401 - of graphql
    return any(one.name == "Refusal" for one in member.interfaces)


async def ask_all(client: httpx.AsyncClient, token: str, asks: Sequence[Ask]) -> list[Told]:
    """Ask together; where one answer ends the document, ask the others again one by one."""
    told = await _ask(client, token, asks)
    if len(asks) > 1 and None in told:
        return [
            one or (await ask_all(client, token, [ask]))[0]
            for one, ask in zip(told, asks, strict=True)
        ]
    assert None not in told
    return [one for one in told if one is not None]


async def _ask(client: httpx.AsyncClient, token: str, asks: Sequence[Ask]) -> list[Told | None]:
    query, variables = document(asks)
    answer = await client.post(
        GRAPHQL,
        content=orjson.dumps({"query": query, "variables": variables}),
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
    )
    size = len(answer.content)
    body = answer.json()
    return [
        _told(n, answer.status_code, size, body, alone=len(asks) == 1) for n in range(len(asks))
    ]


def _told(n: int, status: int, size: int, body: Any, *, alone: bool) -> Told | None:  # noqa: ANN401 - JSON
    for error in body.get("errors", ()):
        extensions = error.get("extensions", {})
        field = extensions.get("field")
        if error.get("path", [None])[0] == f"a{n}":
            return Told(status, extensions.get("code"), field, size)
        if "path" not in error and field and field.startswith(f"v{n}_"):
            return Told(status, extensions.get("code"), field.partition("_")[2], size)
        if alone:
            return Told(status, extensions.get("code"), field, size)
    answered = cast("dict[str, Any]", body.get("data") or {}).get(f"a{n}", ...)
    if answered is ...:
        return None
    if "message" in (answered or {}):
        return Told(status, answered["__typename"], answered.get("field"), size)
    return Told(status, None, None, size)
