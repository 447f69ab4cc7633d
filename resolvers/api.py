"""The whole API as one schema: every noun, every verb, and what stands around them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from resolvers.accounts import Accounts
from resolvers.booking import Booking, Planned
from resolvers.bookkeeping import Bookkeeping
from resolvers.changing import Changing
from resolvers.cost import Limits
from resolvers.documents import Documents
from resolvers.drafting import Drafted, Drafting
from resolvers.execution import Answered, Guarded, Silent, note
from resolvers.finding import Finding
from resolvers.following import Subscription
from resolvers.naming import Naming
from resolvers.plans.execution import Plans
from resolvers.reading import Reading
from resolvers.refusals import HANDLERS
from resolvers.repairing import Repairing
from resolvers.shelving import Shelving, Stocking
from resolvers.staffing import Staffing
from resolvers.syncing import CatchingUp, Draining
from resolvers.teaching import Reviewing, Teaching
from schema import choices
from schema.invoices import Payment
from schema.money import PAISE, Paise
from schema.people import Garage


@strawberry.type(description="What can be read.")
class Query(Finding, Reading, Naming, Accounts, Drafted, Shelving, Reviewing, CatchingUp, Planned):
    pass


@strawberry.type(description="What can be changed; each change is done once for its operation id.")
class Mutation(
    Changing,
    Repairing,
    Staffing,
    Teaching,
    Bookkeeping,
    Drafting,
    Stocking,
    Draining,
    Booking,
):
    pass


class Api(strawberry.Schema):
    """The schema, and the documents that were asked of it."""

    documents: Documents

    @cached_property
    def _plans(self) -> Plans:
        return Plans(self.schema_converter)

    def _get_execute_function(self) -> Callable[..., Any]:
        return self._plans.execute

    @property
    def types(self) -> GraphQLSchema:
        """What graphql-core makes of it."""
        return self._schema

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        note(errors, execution_context)


def build(*, introspection: bool, limits: Limits | None = None) -> Api:
    """Give the schema; only developers may ask it what it holds.

    It is not sorted: Strawberry 0.341 cannot tell the members of a union in a sorted schema.
    """
    api = Api(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Garage, Payment],
        config=StrawberryConfig(
            disable_field_suggestions=not introspection, scalar_map={Paise: PAISE}
        ),
        extensions=[Guarded, Answered if introspection else Silent],
        exception_handlers=HANDLERS,
    )
    api.documents = Documents(api.types, introspection=introspection, limits=limits)
    choices.describe(api.types)
    return api
