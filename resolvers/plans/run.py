"""One run of a plan: what it was given, what it waits for, and which of it failed.

A plan runs breadth first: every field that waits is started, all of them are awaited together, and
only then are their values completed, which may start more. So each level of a document asks each
loader once. A value that a plan was not made for (an iterable that is no list, an object of a class
that its type is not made of) raises Unplanned, and graphql-core runs the document instead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, cast

from graphql import GraphQLResolveInfo, located_error
from graphql.execution import Executor
from graphql.execution.values import get_argument_values
from graphql.pyutils.path import Path
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import convert_arguments

from resolvers.plans.fields import EVERYTHING, PlanField

# The way to a place in the answer: the way before it, its key or index, the name of its type.
Trail = tuple[Any, str | int, str | None]
Complete = Callable[[Any, Trail | None, "PlanRun"], object]
Waiting = tuple[Awaitable[Any], PlanField, Complete | None, Trail | None, dict[str, Any]]


UNCHANGING = (str, int, float, bool, type(None))


class Unplanned(Exception):
    """A resolver gave what no plan was made for."""


class PlanRun:
    """What generated code calls for anything but the usual."""

    __slots__ = ("_arguments", "_config", "_scalars", "executor", "waiting")

    def __init__(self, executor: Executor[Any], config: StrawberryConfig, scalars: Any) -> None:  # noqa: ANN401 - Strawberry's own registry
        self.executor = executor
        self.waiting = list[Waiting]()
        self._config = config
        self._scalars = scalars
        self._arguments = dict[PlanField, dict[str, Any]]()

    def info(self, field: PlanField, way: Trail | None) -> Any:  # noqa: ANN401 - the class is a setting
        raw = self.raw_info(field, way)
        return self._config.info_class(_raw_info=raw, _field=field.strawberry)  # pyright: ignore[reportArgumentType]

    def raw_info(self, field: PlanField, way: Trail | None) -> GraphQLResolveInfo[Any]:
        path = _response_path(_trail_within(field, way))
        executor: Any = cast("Any", self.executor)
        return executor.build_resolve_info(field.definition, field.nodes, field.parent, path)

    def arguments(self, field: PlanField, info: Any) -> dict[str, Any]:  # noqa: ANN401
        """Give the arguments of a field; they are the same for each object of a run."""
        found = field.constants or self._arguments.get(field)
        if found is None:
            assert field.strawberry is not None  # noqa: S101 - only such fields have a resolver
            given = get_argument_values(
                field.definition, field.nodes[0], self.executor.variable_values
            )
            found = convert_arguments(
                given, field.strawberry.arguments, self._scalars, self._config, info
            )
            self._arguments[field] = found
            if field.constant and all(isinstance(v, UNCHANGING) for v in found.values()):
                field.constants = found
        return found

    def wait(
        self, awaitable: Awaitable[Any], field: PlanField, complete: Complete | None,
        way: Trail | None, into: dict[str, Any],
    ) -> None:  # fmt: skip
        self.waiting.append((awaitable, field, complete, way, into))

    def begin(
        self, edge: Coroutine[Any, Any, Any], field: PlanField, complete: Complete,
        way: Trail | None, into: dict[str, Any],
    ) -> None:  # fmt: skip
        """Begin what asks loaders alone: what they know already is completed at once."""
        try:
            first: object = edge.send(None)
        except StopIteration as known:
            into[field.key] = complete(known.value, way, self)
        else:
            self.waiting.append((BegunEdge(edge, first), field, complete, way, into))

    def execute(
        self, field: PlanField, source: object, way: Trail | None, into: dict[str, Any]
    ) -> None:
        """Let graphql-core resolve and complete a field."""
        path = _response_path(_trail_within(field, way))
        executor = cast("Any", self.executor)
        found: Any = executor.execute_field(field.parent, source, field.details, path, None)
        if executor.is_awaitable(found):
            self.waiting.append((found, field, None, way, into))
        else:
            into[field.key] = found

    def failed(self, field: PlanField, error: Exception, way: Trail | None) -> None:
        """Note the error of a field that may be null.

        Raises:
            GraphQLError: it may not; whatever is around it fails too.
        """
        if isinstance(error, Unplanned):
            raise error
        path = _response_path(_trail_within(field, way))
        located = located_error(error, field.nodes, path.as_list())
        if not field.nullable:
            raise located
        self.executor.collected_errors.add(located, path)

    def null_item(self, field: PlanField, way: Trail) -> Exception:
        """Give the error of a list that holds a null where it must not."""
        return located_error(missing_field(field), field.nodes, _response_path(way).as_list())

    def runtime_type(self, field: PlanField, kind: Any, value: object, way: Trail | None) -> str:  # noqa: ANN401
        """Give the name of the type that a value of an interface or union is of."""
        info = self.raw_info(field, way)
        name = kind.resolve_type(value, info, kind)
        return self.executor.ensure_valid_runtime_type(name, kind, field.details, info, value).name

    async def settle(self) -> None:
        """Let what waits come to its end, for an answer that does not want it any more."""
        waiting, self.waiting = self.waiting, []
        for awaitable, _, complete, *_ in waiting:
            # A coroutine of ours has not begun, or waits for loaders alone; graphql-core's holds
            # others that may have begun.
            if complete is not None and isinstance(awaitable, Coroutine):
                awaitable.close()
        begun = [one[0] for one in waiting if one[2] is None]
        await asyncio.gather(*begun, return_exceptions=True)

    async def finish(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """Await what waits, level by level; None when an error took everything."""
        answer: dict[str, Any] | None = data
        while self.waiting:
            level, self.waiting = self.waiting, []
            found = await _outcomes([one[0] for one in level])
            for (_, field, complete, way, into), value in zip(level, found, strict=True):
                try:
                    if isinstance(value, BaseException):
                        raise value  # noqa: TRY301 - as if it was awaited here
                    into[field.key] = value if complete is None else complete(value, way, self)
                except Unplanned:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever a resolver raises is its field's error
                    answer = self._torn(answer, field, error, way)
        return answer

    def _torn(
        self, answer: dict[str, Any] | None, field: PlanField, error: Exception, way: Trail | None
    ) -> dict[str, Any] | None:
        """Note an error that came late, and make null what may be, above it."""
        path = _response_path(_trail_within(field, way))
        keys = path.as_list()
        located = located_error(error, field.nodes, keys)
        if field.lift >= EVERYTHING or answer is None:
            self.executor.collected_errors.add(located, None)
            return None
        place: Path | None = path
        for _ in range(field.lift):
            place = place.prev if place is not None else None
        self.executor.collected_errors.add(located, place)
        around: Any = answer
        for key in keys[: len(keys) - field.lift - 1]:
            around = around[key]
            if around is None:
                return answer
        around[keys[len(keys) - field.lift - 1]] = None
        return answer


class BegunEdge(Coroutine[Any, Any, Any]):
    """The rest of a coroutine that was begun, as a task takes it: first what it waits for."""

    __slots__ = ("_begun", "_first", "_rest")

    def __init__(self, rest: Coroutine[Any, Any, Any], first: object) -> None:
        _mark_awaited(first, awaited=False)
        self._rest = rest
        self._first = first
        self._begun = False

    def send(self, value: Any) -> Any:  # noqa: ANN401 - whatever is awaited
        if self._begun:
            return self._rest.send(value)
        self._begun = True
        _mark_awaited(self._first, awaited=True)
        return self._first

    def throw(self, *error: Any) -> Any:  # noqa: ANN401 - as coroutines take it
        self._begun = True
        return self._rest.throw(*error)

    def close(self) -> None:
        self._rest.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise NotImplementedError


def _mark_awaited(waits: object, *, awaited: bool) -> None:
    """Mark a future as a task expects it: set between its being awaited and the task's next step.

    Several edges may wait for one future, and each of them finds it unmarked.
    """
    if asyncio.isfuture(waits):
        waits._asyncio_future_blocking = awaited  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


async def _outcomes(level: list[Awaitable[Any]]) -> list[Any]:
    """Give what each gives or raises; one alone needs no task of its own."""
    if len(level) > 1 or isinstance(level[0], BegunEdge):
        return await asyncio.gather(*level, return_exceptions=True)
    try:
        return [await level[0]]
    except Exception as error:  # noqa: BLE001 - whatever a resolver raises is its field's error
        return [error]


def missing_field(field: PlanField) -> TypeError:
    name = field.definition_name
    return TypeError(f"Cannot return null for non-nullable field {field.parent}.{name}.")


def raise_if_error(value: object) -> None:
    """Raise a value that is an error, as graphql-core does."""
    if isinstance(value, Exception):
        raise value


def _trail_within(field: PlanField, way: Trail | None) -> Trail:
    return (way, field.key, field.parent.name)


def _response_path(way: Trail) -> Path:
    before, key, name = way
    return Path(None if before is None else _response_path(before), key, name)
