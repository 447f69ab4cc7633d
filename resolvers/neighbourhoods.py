"""Walking the knowledge graph: what stands around a thing, for whoever may read cards."""

from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.errors import InvalidInput
from domain.neighbourhoods import KnowledgeKind
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from schema.neighbourhoods import MostArgument, Neighbourhood, StepsArgument
from schema.nodes import parsed_id

USUAL, MOST, FARTHEST = 300, 5_000, 2
KINDS = frozenset(KnowledgeKind)


@strawberry.type
class NeighbourhoodQueries:
    @strawberry.field(
        description="What stands around a card, symptom, code, component, supplier, cause, part, "
        "model or make; null when it is not there for your eyes."
    )
    @guard_field(Action.READ, ResourceKind.CARD)
    async def neighbourhood(
        self,
        info: RequestInfo,
        id: Annotated[strawberry.ID, strawberry.argument(description="An id of this API.")],
        steps: StepsArgument = 1,
        most: MostArgument = USUAL,
    ) -> Neighbourhood | None:
        limits.check_range("steps", steps, 1, FARTHEST)
        limits.check_range("most", most, 1, MOST)
        kind, key = parsed_id(id)
        if kind not in KINDS:
            raise InvalidInput("id", f"{kind[:40]!r} is not a thing of the knowledge graph")
        context = info.context
        found = await context.services.neighbourhoods.around(
            KnowledgeKind(kind), key, context.viewer, steps=steps, most=most
        )
        return None if found is None else Neighbourhood.from_domain(found)
