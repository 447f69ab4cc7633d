"""The shared vocabulary in the API: symptoms, error codes, components, parts, suppliers."""

from collections.abc import Callable, Hashable, Sequence
from typing import Annotated, Self, TypeVar

import strawberry
from strawberry import field

from domain import codes, vocabulary
from domain.codes import CodeKey
from schema.context import Loader, SchemaInfo, loaded_edge
from schema.nodes import USUAL, Connection, Node, global_id, make_connection, page_window
from schema.vehicles import VehicleModel

First = Annotated[int, strawberry.argument(description="How many to give, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to read on from.")]

K = TypeVar("K", bound=Hashable)
S = TypeVar("S")
T = TypeVar("T")


async def load_edge(loader: Loader[K, S | None], key: K | None, of: Callable[[S], T]) -> T | None:
    """Follow an edge to at most one thing: one loader call."""
    found = None if key is None else await loader.load(key)
    return None if found is None else of(found)


async def load_edges(
    loader: Loader[K, S | None], keys: Sequence[K], of: Callable[[S], T]
) -> list[T]:
    """Follow an edge to several things; what is not there (or not for these eyes) is left out."""
    return [of(found) for found in await loader.load_many(keys) if found is not None]


@strawberry.type(description="A company that makes components, often for several makes.")
class Supplier(Node):
    name: str = field(description="Its name.")
    country: str | None = field(description="Where it is, as an ISO 3166 code.")

    @classmethod
    def from_domain(cls, value: vocabulary.Supplier) -> Self:
        return cls(
            id=global_id("Supplier", value.id),
            key=value.id,
            name=value.name,
            country=value.country,
        )


@strawberry.type(description="A thing that can fail; one without a parent is a subsystem.")
class Component(Node):
    name: str = field(description="Its name.")
    parent: strawberry.Private[str | None]
    supplied_by: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="The component it is a part of; null for a subsystem.")
    @loaded_edge
    async def part_of(
        self, info: SchemaInfo
    ) -> Annotated["Component", strawberry.lazy(__name__)] | None:
        return await load_edge(info.context.loaders.components, self.parent, Component.from_domain)

    @strawberry.field(description="Who makes it.")
    @loaded_edge
    async def suppliers(self, info: SchemaInfo) -> list[Supplier]:
        return await load_edges(
            info.context.loaders.suppliers, self.supplied_by, Supplier.from_domain
        )

    @classmethod
    def from_domain(cls, value: vocabulary.Component) -> Self:
        return cls(
            id=global_id("Component", value.id),
            key=value.id,
            name=value.name,
            parent=value.part_of,
            supplied_by=value.suppliers,
        )


@strawberry.type(description="What a driver or technician notices.")
class Symptom(Node):
    text: str = field(description="What is noticed, in one phrase.")
    phrases: list[str] = field(description="Other ways of saying it.")
    seen_on: strawberry.Private[str | None]

    @strawberry.field(description="The component it is seen on.")
    @loaded_edge
    async def component(self, info: SchemaInfo) -> Component | None:
        return await load_edge(info.context.loaders.components, self.seen_on, Component.from_domain)

    @classmethod
    def from_domain(cls, value: vocabulary.Symptom) -> Self:
        return cls(
            id=global_id("Symptom", value.code),
            key=value.code,
            text=value.text,
            phrases=list(value.phrases),
            seen_on=value.component,
        )


@strawberry.type(description="A diagnostic trouble code; a maker's code belongs to its make.")
class ErrorCode(Node):
    code: str = field(description="Its one spelling, as in P0A1F.")
    scope: str = field(description="`sae` for codes that all makes share, else the make.")
    description: str | None = field(description="What it means; null when nobody said.")
    illustrative: bool = field(description="Whether the meaning is an example, not the maker's.")
    raised_by: strawberry.Private[str | None]

    @strawberry.field(description="The component that raises it.")
    @loaded_edge
    async def component(self, info: SchemaInfo) -> Component | None:
        return await load_edge(
            info.context.loaders.components, self.raised_by, Component.from_domain
        )

    @classmethod
    def from_domain(cls, value: codes.ErrorCode) -> Self:
        return cls(
            id=global_id("ErrorCode", value.key),
            key=value.key,
            code=value.code,
            scope=value.scope,
            description=value.description or None,
            illustrative=value.illustrative,
            raised_by=value.component,
        )


@strawberry.type(description="A thing on the shelf.")
class Part(Node):
    name: str = field(description="Its name.")
    hsn: str | None = field(description="Its tariff heading (HSN).")
    is_a: strawberry.Private[str | None]
    replaces: strawberry.Private[str | None]
    fitting: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="The component it is one of.")
    @loaded_edge
    async def component(self, info: SchemaInfo) -> Component | None:
        return await load_edge(info.context.loaders.components, self.is_a, Component.from_domain)

    @strawberry.field(description="The older part it takes the place of.")
    @loaded_edge
    async def supersedes(
        self, info: SchemaInfo
    ) -> Annotated["Part", strawberry.lazy(__name__)] | None:
        return await load_edge(info.context.loaders.parts, self.replaces, Part.from_domain)

    @strawberry.field(description="The vehicle models it fits.")
    async def fits(
        self, info: SchemaInfo, first: First = USUAL, after: After = None
    ) -> Connection[VehicleModel]:
        keys = page_window(self.fitting, first, after, str)
        models = info.context.loaders.models
        found = [m for m in await models.load_many(keys) if m is not None]
        return make_connection(found, first, after, lambda m: m.id, VehicleModel.from_domain)

    @classmethod
    def from_domain(cls, value: vocabulary.Part) -> Self:
        return cls(
            id=global_id("Part", value.id),
            key=value.id,
            name=value.name,
            hsn=value.hsn,
            is_a=value.component,
            replaces=value.supersedes,
            fitting=value.fits,
        )


async def load_codes(
    loader: Loader[CodeKey, codes.ErrorCode | None], keys: Sequence[CodeKey]
) -> list[ErrorCode]:
    """Give the codes of these keys; one that the vocabulary lacks has no description."""
    found = await loader.load_many(keys)
    return [
        ErrorCode.from_domain(code or _bare_code(key))
        for key, code in zip(keys, found, strict=True)
    ]


def _bare_code(key: CodeKey) -> codes.ErrorCode:
    scope, _, code = key.rpartition(":")
    return codes.ErrorCode(code=code, scope=scope, description="")
