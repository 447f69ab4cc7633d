# pyright: reportPrivateUsage=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportArgumentType=false, reportPossiblyUnboundVariable=false
# ruff: noqa: ANN401 - values and types of every kind go through here
"""Plans answer what graphql-core answers: documents drawn over a schema that fails in every way."""

import asyncio
import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any

import pytest
import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLObjectType, execute, parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strawberry.extensions import FieldExtension
from strawberry.utils.await_maybe import await_maybe

from resolvers.edge_loader import EdgeLoader
from resolvers.plans.plans import USES_BEFORE, Plans
from schema.context import loaded_edge


class Kind(StrEnum):
    GOOD = "good one"
    BAD = "bad one"


@dataclass
class World:
    """What each field of each object gives: a value, nothing, or an error, always the same."""

    seed: int
    rough: bool = True
    calls: list[str] = field(default_factory=list[str])
    turn: int = 0

    def later(self) -> asyncio.Future[None]:
        """Give what all wait for together who ask before it is read, as they wait for a loader.

        graphql-core cancels what waits beside a field that failed; the others must go on.
        """
        return self.loader.load(self.turn)

    @cached_property
    def loader(self) -> EdgeLoader[int, None]:
        async def read(keys: list[int]) -> list[None]:
            self.turn += 1
            return [None] * len(keys)

        return EdgeLoader(read)

    def give(self, name: str, key: str, value: Any) -> Any:
        self.calls.append(f"{key}.{name}")
        drawn = sha256(f"{self.seed} {key} {name}".encode()).digest()[0]
        if self.rough and drawn < 12:
            raise ValueError(f"{key}.{name} failed")
        return None if self.rough and drawn < 24 else value


Ask = strawberry.Info[World, None]


class Guard(FieldExtension):
    async def resolve_async(self, next_: Any, source: Any, info: Any, **_: Any) -> Any:
        return info.context.give("guard", source.key, f"guarded {await next_(source, info)}")


@strawberry.interface
class Thing:
    key: str

    @strawberry.field
    def named(self, info: Ask) -> str | None:
        return info.context.give("named", self.key, f"{info.path.key} of {self.key}")


@strawberry.type
class Leaf(Thing):
    number: int = 7
    share: float = 0.5
    whole: float = 3
    huge: int | None = 1 << 40
    sure: bool = True
    kind: Kind = Kind.GOOD
    other: Kind | None = None
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    day: datetime | None = None
    words: list[str] = strawberry.field(default_factory=lambda: ["a", "b"])
    mixed: list[int | None] = strawberry.field(default_factory=lambda: [1, None, 1 << 50])
    id: strawberry.ID = strawberry.ID("x")

    @strawberry.field
    def text(self, info: Ask) -> str:
        return info.context.give("text", self.key, "text")

    @strawberry.field
    async def late(self, info: Ask, n: int = 2, kind: Kind = Kind.BAD) -> int | None:
        return info.context.give("late", self.key, n + len(kind))

    @strawberry.field
    async def late_sure(self, info: Ask) -> int:
        return info.context.give("lateSure", self.key, 5)

    @strawberry.field(extensions=[Guard()])
    async def guarded(self) -> str | None:
        return "word"


@strawberry.input
class Wish:
    deep: int = 1
    words: list[str] = strawberry.field(default_factory=list[str])


@strawberry.type
class Branch(Thing):
    leaf: Leaf
    leaves: list[Leaf]
    none: Leaf | None = None

    @strawberry.field
    def twin(self, info: Ask) -> Annotated["Branch", strawberry.lazy(__name__)]:
        return info.context.give("twin", self.key, branch(f"{self.key}t"))

    @strawberry.field
    async def child(
        self, info: Ask, wish: Wish | None = None
    ) -> Annotated["Branch", strawberry.lazy(__name__)] | None:
        deep = wish.deep + len(wish.words) if wish else 0
        return info.context.give("child", self.key, branch(f"{self.key}c{deep}"))

    @strawberry.field
    async def children(
        self, info: Ask, first: int = 2
    ) -> list[Annotated["Branch", strawberry.lazy(__name__)]]:
        found = [branch(f"{self.key}{n}") for n in range(min(first, 3))]
        return info.context.give("children", self.key, found)

    @strawberry.field
    @loaded_edge
    async def edge(self, info: Ask) -> Annotated["Branch", strawberry.lazy(__name__)] | None:
        await loaded(self.key, info.context)
        return info.context.give("edge", self.key, branch(f"{self.key}d"))

    @strawberry.field
    @loaded_edge
    async def edges(self, info: Ask) -> list[Leaf]:
        await loaded(f"{self.key}s", info.context)
        return info.context.give("edges", self.key, [leaf(f"{self.key}o")])

    @strawberry.field
    async def gaps(self, info: Ask) -> list[Leaf | None] | None:
        return info.context.give("gaps", self.key, [leaf(f"{self.key}g"), None])

    @strawberry.field
    async def any(self, info: Ask) -> "Any_ | None":
        return info.context.give("any", self.key, either(self.key))

    @strawberry.field
    def thing(self, info: Ask) -> Thing:
        return info.context.give("thing", self.key, either(f"{self.key}i"))

    @strawberry.field
    def things(self, info: Ask) -> list[Thing] | None:
        return info.context.give("things", self.key, (leaf("a"), branch("b")))


Any_ = Annotated[Leaf | Branch, strawberry.union("Any")]


async def loaded(key: str, world: World) -> None:
    """Wait as an edge does: not at all, for the next turn of the loop, or with others for one."""
    turns = sha256(key.encode()).digest()[0] % 4
    if turns == 1:
        await asyncio.sleep(0)
    elif turns:
        await world.later()


def leaf(key: str) -> Leaf:
    day = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(days=len(key))
    return Leaf(key=key, day=day, other=Kind.BAD)


def branch(key: str) -> Branch:
    return Branch(key=key, leaf=leaf(f"{key}l"), leaves=[leaf(f"{key}m"), leaf(f"{key}n")])


def either(key: str) -> Leaf | Branch:
    return leaf(f"{key}e") if len(key) % 2 else branch(f"{key}e")


@strawberry.type
class Query:
    @strawberry.field
    async def branch(self, info: Ask, key: str = "q") -> Branch | None:
        return info.context.give("branch", key, branch(key))

    @strawberry.field
    def leaf(self, info: Ask) -> Leaf:
        return info.context.give("leaf", "root", leaf("root"))

    @strawberry.field
    async def any(self, info: Ask) -> Any_:
        return info.context.give("any", "root", either("r"))

    @strawberry.field
    def odd(self) -> list[Leaf]:
        return odd()  # pyright: ignore[reportReturnType]


def odd() -> Iterator[Leaf]:
    yield leaf("odd")


SCHEMA = strawberry.Schema(Query)
TYPES = SCHEMA._schema
PLANS = Plans(SCHEMA.schema_converter)
COMPOSITE = {"Branch", "Leaf", "Thing", "Any"}


@dataclass
class Drawn:
    """A document as it is drawn: fragments beside the operation, fresh names for aliases."""

    draw: st.DrawFn
    fragments: list[str] = field(default_factory=list[str])
    names: int = 0

    def selection(self, kind: str, depth: int) -> str:
        count = self.draw(st.integers(1, 4))
        return "{ " + " ".join(self.one(kind, depth) for _ in range(count)) + " }"

    def one(self, kind: str, depth: int) -> str:
        way = self.draw(st.integers(0, 9))
        if way == 0:
            return "__typename" + self.directive()
        if way == 1 and depth:
            return f"... {self.directive()} {self.selection(kind, depth - 1)}"
        if way == 2 and depth:
            return f"... on {self.narrower(kind)} {self.selection(self.narrower(kind), depth - 1)}"
        if way == 3 and depth:
            self.names += 1
            name, inner = f"F{self.names}", self.selection(kind, depth - 1)
            self.fragments.append(f"fragment {name} on {kind} {inner}")
            return f"...{name}{self.directive()}"
        return self.field(kind, depth)

    def narrower(self, kind: str) -> str:
        return {"Thing": "Leaf", "Any": "Branch"}.get(kind, kind)

    def field(self, kind: str, depth: int) -> str:
        declared = TYPES.type_map[kind]
        if not hasattr(declared, "fields"):
            return "__typename"
        fields: dict[str, Any] = declared.fields  # pyright: ignore[reportAttributeAccessIssue]
        usable = [n for n, f in fields.items() if depth or base(f.type) not in COMPOSITE]
        if not usable:
            return "__typename"
        name = self.draw(st.sampled_from(sorted(usable)))
        self.names += 1
        alias = f"a{self.names}: " if self.draw(st.booleans()) else ""
        given = self.draw(st.sampled_from(ARGUMENTS.get(name, [""]))) if alias else ""
        inner = base(fields[name].type)
        below = self.selection(inner, depth - 1) if inner in COMPOSITE else ""
        return f"{alias}{name}{given}{self.directive()} {below}"

    def directive(self) -> str:
        return self.draw(st.sampled_from(DIRECTIVES))


ARGUMENTS = {
    "late": ["", "(n: 3)", "(n: $n)", "(kind: GOOD)"],
    "child": ["", "(wish: {deep: 2})", '(wish: {words: ["x", $word]})'],
    "children": ["", "(first: 1)", "(first: $n)"],
    "branch": ["", '(key: "z")', "(key: $word)"],
}
DIRECTIVES = ["", "", "", "", " @skip(if: $no)", " @include(if: $yes)", " @include(if: true)"]
HEAD = 'query Q($n: Int! = 2, $word: String! = "w", $yes: Boolean! = true, $no: Boolean! = false)'


def base(kind: Any) -> str:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind.name


@st.composite
def documents(draw: st.DrawFn) -> DocumentNode:
    drawn = Drawn(draw)
    text = f"{HEAD} {drawn.selection('Query', 5)}"
    found = parse("\n".join([text, *drawn.fragments]))
    errors = [e for e in validate(TYPES, found) if "is never used" not in e.message]
    assume(not errors)
    return found


async def by_plan(document: DocumentNode, world: World, variables: dict[str, Any]) -> Any:
    for _ in range(USES_BEFORE + 1):
        fresh = World(world.seed, world.rough)
        found = PLANS.execute(TYPES, document, context_value=fresh, variable_values=variables)
        answer = await await_maybe(found)
    return answer


async def by_core(document: DocumentNode, world: World, variables: dict[str, Any]) -> Any:
    return await await_maybe(
        execute(TYPES, document, context_value=world, variable_values=variables)
    )


def places(answer: ExecutionResult) -> dict[tuple[str | int, ...], str | None]:
    """Give what each error made null, and its message where that is the very field that failed.

    Which of several errors takes a place that is not theirs away is left open by the specification.
    """
    found = dict[tuple[str | int, ...], str | None]()
    for error in answer.errors or ():
        path, value, depth = tuple(error.path or ()), answer.data, 0
        while value is not None and depth < len(path):
            value = value[path[depth]]  # pyright: ignore[reportIndexIssue]
            depth += 1
        found[path[:depth]] = error.message if depth == len(path) else None
    return found


VARIABLES = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(0, 3),
        "word": st.sampled_from(["v", "w"]),
        "yes": st.booleans(),
        "no": st.booleans(),
    },
)


@pytest.fixture
def collected() -> Iterator[None]:
    """Collect what the test leaves behind at its end, where its warnings can be ignored."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


# graphql-core cancels what waits beside a field that failed, sometimes before it began.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.usefixtures("collected")
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(documents(), st.integers(0, 1 << 16), st.booleans(), VARIABLES)
async def test_a_plan_answers_as_graphql_core(
    document: DocumentNode, seed: int, rough: bool, variables: dict[str, Any]
) -> None:
    world = World(seed, rough)

    expected = await by_core(document, world, variables)
    found = await by_plan(document, world, variables)

    assert json.dumps(found.data) == json.dumps(expected.data)
    assert places(found) == places(expected)


async def plan_of(text: str, **variables: Any) -> Any:
    document = parse(text)
    found = await by_plan(document, World(0, rough=False), variables)
    return found, PLANS._kept[text, None].plans


async def test_what_is_asked_again_gets_a_plan() -> None:
    found, plans = await plan_of("{ branch { key leaf { number } any { __typename } } }")

    assert found.errors is None
    assert [plan is not None for plan in plans.values()] == [True]


async def test_a_named_operation_is_its_document() -> None:
    text = "query Named { leaf { key } }"
    await plan_of(text)

    assert PLANS.ready(text, None) is PLANS.ready(text, "Named") is not None
    assert PLANS.ready(text, "Other") is None


async def test_each_way_to_skip_has_a_plan_of_its_own() -> None:
    text = "query($a: Boolean!) { leaf { key number @skip(if: $a) } }"

    with_it, _ = await plan_of(text, a=False)
    without, plans = await plan_of(text, a=True)

    assert (with_it.data, without.data) == (
        {"leaf": {"key": "root", "number": 7}},
        {"leaf": {"key": "root"}},
    )
    assert set(plans) == {(False,), (True,)}


async def test_edges_may_wait_for_the_same() -> None:
    found, plans = await plan_of('{ branch(key: "z") { a: edges { key } b: edges { key } } }')

    assert found.errors is None
    assert None not in plans.values()


async def test_a_list_that_is_none_is_left_to_graphql_core() -> None:
    found, _ = await plan_of("{ odd { key } }")

    assert found.data == {"odd": [{"key": "odd"}]}


async def test_a_guard_around_a_field_is_asked() -> None:
    document, world = parse("{ leaf { guarded } }"), World(0, rough=False)
    for _ in range(USES_BEFORE + 1):
        answer: Any = await await_maybe(PLANS.execute(TYPES, document, context_value=world))

    assert answer.data == {"leaf": {"guarded": "guarded word"}}
    assert world.calls.count("root.guard") == USES_BEFORE + 1


@pytest.mark.parametrize(
    "text", ["{ __schema { types { name } } }", '{ __type(name: "Leaf") { name } }']
)
async def test_introspection_has_no_plan(text: str) -> None:
    found, plans = await plan_of(text)

    assert found.errors is None
    assert list(plans.values()) == [None]


async def test_variables_that_do_not_fit_are_refused_alike() -> None:
    document = parse("query($n: Int!) { branch { children(first: $n) { key } } }")
    world = World(0, rough=False)

    expected = await by_core(document, world, {"n": "many"})
    found = await by_plan(document, world, {"n": "many"})

    assert [e.formatted for e in found.errors] == [e.formatted for e in expected.errors]
    assert isinstance(TYPES.query_type, GraphQLObjectType)
