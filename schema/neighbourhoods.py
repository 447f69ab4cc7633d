"""What stands around a thing of the knowledge graph, to be drawn."""

from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import neighbourhoods
from domain.neighbourhoods import KnowledgeKind
from schema.nodes import global_id

StepsArgument = Annotated[int, strawberry.argument(description="How many steps away: 1 or 2.")]
MostArgument = Annotated[
    int, strawberry.argument(description="How many things at most: 1 to 5,000.")
]


@strawberry.type(description="A thing of the knowledge graph, as it is drawn.")
class NeighbourThing:
    id: strawberry.ID = field(description="Pass it to `neighbourhood` to walk on.")
    kind: KnowledgeKind = field(description="What kind of thing it is.")
    key: str = field(description="The id as the knowledge graph and people use it.")
    caption: str = field(description="What people call it.")
    steps: int = field(description="How many steps it is away, from 0.")

    @classmethod
    def from_domain(cls, value: neighbourhoods.NeighbourThing) -> Self:
        return cls(
            id=global_id(value.kind.value, value.key),
            kind=value.kind,
            key=value.key,
            caption=value.caption,
            steps=value.steps,
        )


@strawberry.type(description="How one thing belongs to another.")
class NeighbourLink:
    source: strawberry.ID = field(description="The thing that it begins at.")
    target: strawberry.ID = field(description="The thing that it leads to.")
    says: str = field(description="The verb between them, as the graph has it: SHOWS, ….")

    @classmethod
    def from_domain(cls, value: neighbourhoods.NeighbourLink) -> Self:
        return cls(
            source=global_id(value.source[0].value, value.source[1]),
            target=global_id(value.target[0].value, value.target[1]),
            says=value.says,
        )


@strawberry.type(description="What stands around a thing: knowledge alone, no repairs or people.")
class Neighbourhood:
    things: list[NeighbourThing] = field(description="The things, the nearest first.")
    links: list[NeighbourLink] = field(description="The links that lead to them.")
    cut: bool = field(description="Whether there is more than was asked for.")

    @classmethod
    def from_domain(cls, value: neighbourhoods.Neighbourhood) -> Self:
        return cls(
            things=[NeighbourThing.from_domain(one) for one in value.things],
            links=[NeighbourLink.from_domain(one) for one in value.links],
            cut=value.cut,
        )
