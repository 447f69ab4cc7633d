"""Who may ask for a field, declared beside it and checked before anything else is done for it.

Every field of Query, Mutation and Subscription has one guard: without it nothing is served
(`demand_guards`), and a test compares them with a table that a person wrote.
A guard is the right of a role, in its own garage, to what is its own. What a thing that is named
demands beside it (its garage, its bench, its state) only that thing can tell, so the use case
decides it (`repair`), or `Context.demand_in` where there is none.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import wraps
from inspect import isasyncgenfunction
from typing import Any, TypeVar, cast

from strawberry.types import Info, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.nodes import SelectedField, Selection

from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.errors import NotAllowed
from resolvers import deeds
from resolvers.context import RequestContext

GUARD = "__guard__"
F = TypeVar("F", bound=Callable[..., Any])


class UnguardedFields(LookupError):
    """Fields of the API that name nobody who may ask for them: a fault of ours, found at start."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(f"no guard stands beside {', '.join(fields)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What opens a field.

    Attributes:
        action, kinds: the right that is needed, to any one of the kinds; None: no right, but a
            caller whom somebody vouched for.
        network: the right is needed for what belongs to no garage, but to all.
        deed: what the audit calls an attempt at it that was refused or failed; None: no deed.
        below: a field of the answer, and what an attempt that asks it is called besides.
    """

    action: Action | None = None
    kinds: tuple[ResourceKind, ...] = ()
    network: bool = False
    deed: DeedType | None = None
    below: tuple[str, DeedType] | None = None

    def demand(self, context: RequestContext) -> None:
        """Let the caller pass.

        Raises:
            NotAuthenticated: nobody vouched for them.
            NotAllowed: their role has no such right, or their shift is over.
        """
        context.demand_on_shift()
        if self.action is not None:
            context.demand_allowed(self.action, self.kinds, network=self.network)

    def note_attempt(self, error: Exception, arguments: Mapping[str, Any]) -> None:
        """Tell the audit that the field was asked in vain."""
        info: Info[RequestContext] = arguments["info"]
        found = [] if self.deed is None else [self.deed]
        if self.deed is None and isinstance(error, NotAllowed):
            found.append(DeedType.ACCESS_REFUSE)
        if self.below is not None and _is_asked(info.selected_fields, self.below[0]):
            found.append(self.below[1])
        for deed in found:
            deeds.note_attempt(info.context, deed, error, arguments)


SIGNED_IN = Guard()


def guard_field(
    action: Action,
    *kinds: ResourceKind,
    network: bool = False,
    deed: DeedType | None = None,
    below: tuple[str, DeedType] | None = None,
) -> Callable[[F], F]:
    """Open a field to the roles that may do this to (one of) these kinds."""
    return _guarded_by(Guard(action=action, kinds=kinds, network=network, deed=deed, below=below))


def signed_in(resolver: F) -> F:
    """Open a field to everybody who is signed in."""
    return _guarded_by(SIGNED_IN)(resolver)


def signed_in_deed(deed: DeedType) -> Callable[[F], F]:
    """Open a field to everybody who is signed in; an attempt at it is a deed."""
    return _guarded_by(Guard(deed=deed))


def guard_of(field: StrawberryField) -> Guard | None:
    """Give what was declared beside a field."""
    resolver = cast("Any", field.base_resolver)
    return None if resolver is None else getattr(resolver.wrapped_func, GUARD, None)


def demand_guards(roots: Iterable[type]) -> None:
    """Return when every field of these roots declares its guard.

    Raises:
        UnguardedFields: some do not; they are named.
    """
    bare = [
        f"{root.__name__}.{field.name}"
        for root in roots
        for field in get_object_definition(root, strict=True).fields
        if guard_of(field) is None
    ]
    if bare:
        raise UnguardedFields(bare)


def declared_guard(verbs: type, name: str) -> Guard:
    """Give the guard of one of these verbs, for whoever does the same by another door."""
    fields = get_object_definition(verbs, strict=True).fields
    [found] = [guard_of(field) for field in fields if field.python_name == name]
    if found is None:
        raise LookupError(name)
    return found


def _is_asked(selected: Iterable[Selection], name: str) -> bool:
    return any(
        (isinstance(one, SelectedField) and one.name == name) or _is_asked(one.selections, name)
        for one in selected
    )


def _guarded_by(guard: Guard) -> Callable[[F], F]:
    def guarded(resolver: F) -> F:
        held = _guard_stream if isasyncgenfunction(resolver) else _guard_answer
        made = held(guard, resolver)
        setattr(made, GUARD, guard)
        return cast("F", made)

    return guarded


def _guard_answer(guard: Guard, resolver: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    @wraps(resolver)
    async def answer(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the resolver takes
        context: RequestContext = kwargs["info"].context
        try:
            guard.demand(context)
            return await resolver(*args, **kwargs)
        except Exception as error:
            guard.note_attempt(error, kwargs)
            raise

    return answer


def _guard_stream(guard: Guard, resolver: Callable[..., AsyncGenerator[Any]]) -> Callable[..., Any]:
    @wraps(resolver)
    async def stream(*args: Any, **kwargs: Any) -> AsyncGenerator[Any]:  # noqa: ANN401 - as above
        context: RequestContext = kwargs["info"].context
        try:
            guard.demand(context)
        except BaseException as error:
            if isinstance(error, NotAllowed):
                guard.note_attempt(error, kwargs)
            # Whoever runs a subscription for many has to hear that it is over.
            context.end_run()
            raise
        async with aclosing(resolver(*args, **kwargs)) as found:
            async for one in found:
                yield one

    return stream
