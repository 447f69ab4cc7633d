"""The whole API as one schema: every noun, every verb, and what stands around them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.utils.await_maybe import await_maybe

from resolvers.api_keys import ApiKeyMutations, ApiKeyQueries
from resolvers.audit import AuditQueries
from resolvers.books import BooksMutations, BooksQueries
from resolvers.card_drafts import CardDraftQueries
from resolvers.cards import CardMutations, CardQueries
from resolvers.customer_vehicles import VehicleMutations, VehicleQueries
from resolvers.customers import CustomerMutations, CustomerQueries
from resolvers.defects import DefectMutations, DefectQueries
from resolvers.digests import DigestQueries
from resolvers.document_limits import DocumentLimits
from resolvers.documents import Documents
from resolvers.drafts import DraftMutations, DraftQueries
from resolvers.dues import DuesQueries
from resolvers.employees import EmployeeMutations, EmployeeQueries
from resolvers.erasure import ErasureMutations
from resolvers.execution import (
    LimitedExecution,
    MaskedAnswers,
    UnloggedAnswers,
    document_of,
    log_errors,
    mask_result,
)
from resolvers.feedback import FeedbackMutations, FeedbackQueries
from resolvers.files import FileMutations
from resolvers.garage_settings import SettingsMutations, SettingsQueries
from resolvers.guards import demand_guards
from resolvers.invoices import InvoiceMutations, InvoiceQueries
from resolvers.jobs import JobMutations, JobQueries
from resolvers.manifests import ManifestReader
from resolvers.matching import MatchingQueries
from resolvers.model_runs import ModelRunMutations, ModelRunQueries
from resolvers.neighbourhoods import NeighbourhoodQueries
from resolvers.nodes import NodeQueries
from resolvers.nominees import NomineeMutations
from resolvers.offline.delta import OfflineMutations, OfflineQueries
from resolvers.passkeys import PasskeyMutations, PasskeyQueries
from resolvers.payments import PaymentMutations
from resolvers.people import PeopleMutations, PeopleQueries
from resolvers.personal_data import PersonalDataQueries
from resolvers.plans.plans import Plans
from resolvers.refusals import HANDLERS
from resolvers.returns import ReturnMutations, ReturnQueries
from resolvers.reviews import ReviewMutations, ReviewQueries
from resolvers.stock import StockMutations, StockQueries
from resolvers.subscriptions.changes import ChangeSubscription
from resolvers.subscriptions.defects import DefectSubscription
from resolvers.subscriptions.hints import HintSubscription
from resolvers.technicians import TechnicianMutations, TechnicianQueries
from resolvers.tickets import TicketMutations, TicketQueries
from resolvers.tills import TillMutations, TillQueries
from resolvers.trusted_documents import TrustedDocumentMutations, TrustedDocumentQueries
from resolvers.vocabulary import VocabularyQueries
from schema import choices, moments
from schema.invoices import Payment
from schema.money import PAISE, Paise
from schema.people import Garage

DEVELOPERS_BYTES = 1 << 20


@strawberry.type(description="What can be read.")
class Query(
    MatchingQueries,
    NeighbourhoodQueries,
    CardQueries,
    CardDraftQueries,
    TicketQueries,
    TillQueries,
    NodeQueries,
    VocabularyQueries,
    BooksQueries,
    ReturnQueries,
    InvoiceQueries,
    DraftQueries,
    CustomerQueries,
    VehicleQueries,
    StockQueries,
    ReviewQueries,
    DefectQueries,
    FeedbackQueries,
    OfflineQueries,
    DigestQueries,
    DuesQueries,
    JobQueries,
    TechnicianQueries,
    EmployeeQueries,
    PersonalDataQueries,
    PeopleQueries,
    SettingsQueries,
    PasskeyQueries,
    AuditQueries,
    ApiKeyQueries,
    TrustedDocumentQueries,
    ModelRunQueries,
):
    pass


@strawberry.type(description="What can be changed; each change is done once for its operation id.")
class Mutation(
    CardMutations,
    TicketMutations,
    TillMutations,
    TechnicianMutations,
    EmployeeMutations,
    ReviewMutations,
    DefectMutations,
    FeedbackMutations,
    InvoiceMutations,
    PaymentMutations,
    BooksMutations,
    ReturnMutations,
    DraftMutations,
    StockMutations,
    OfflineMutations,
    JobMutations,
    PeopleMutations,
    SettingsMutations,
    ErasureMutations,
    CustomerMutations,
    VehicleMutations,
    FileMutations,
    NomineeMutations,
    PasskeyMutations,
    ApiKeyMutations,
    TrustedDocumentMutations,
    ModelRunMutations,
):
    pass


@strawberry.type(description="What can be followed, over a socket or an event stream.")
class Subscription(ChangeSubscription, HintSubscription, DefectSubscription):
    pass


class Api(strawberry.Schema):
    """The schema, and the documents that were asked of it."""

    documents: Documents

    @cached_property
    def developers(self) -> Documents:
        """Documents of administrators where the schema is closed: they may ask what it holds."""
        if self.documents.introspection:
            return self.documents
        # They run once, in somebody's tool; a few are kept.
        limits = replace(self.documents.limits, cached_bytes=DEVELOPERS_BYTES)
        return Documents(self.types, introspection=True, hints=False, limits=limits)

    @cached_property
    def manifests(self) -> ManifestReader:
        """What checks manifests; whoever may register documents is told all that is wrong."""
        developers = Documents(self.types, introspection=True, limits=self.documents.limits)
        return ManifestReader(self.types, developers)

    @cached_property
    def _plans(self) -> Plans:
        return Plans(self.schema_converter)

    async def execute(  # noqa: PLR0913, PLR0917 - as Strawberry calls it
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,  # noqa: ANN401
        root_value: Any = None,  # noqa: ANN401
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute a document; one that has a plan needs nothing else of what stands around others.

        Extensions parse, validate and count each document the first times that it is sent. What
        changes from one time to the next is how much its variables ask.
        """
        planned = self._plans.ready(query, operation_name)
        allowed = allowed_operation_types is None or OperationType.QUERY in allowed_operation_types
        if planned is not None and allowed:
            variables = variable_values or {}
            if not document_of(self.documents, context_value, query or "", variables).errors:
                found = self._plans.execute(
                    self.types,
                    planned,
                    root_value=root_value,
                    context_value=context_value,
                    variable_values=variables,
                    operation_name=operation_name,
                    is_awaitable=optimized_is_awaitable,
                )
                return mask_result(
                    await await_maybe(found),
                    context_value,
                    self.types,
                    open=self.documents.introspection,
                )
        return await super().execute(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed_operation_types,
            operation_extensions,
        )

    def _get_execute_function(self) -> Callable[..., Any]:
        return self._plans.execute

    @property
    def types(self) -> GraphQLSchema:
        """What graphql-core makes of it."""
        return self._schema

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        log_errors(errors, execution_context)


def build_api(*, introspection: bool, limits: DocumentLimits | None = None) -> Api:
    """Give the schema; only developers may ask it what it holds. A field without a guard ends it.

    It is not sorted: Strawberry 0.341 cannot tell the members of a union in a sorted schema.
    """
    demand_guards((Query, Mutation, Subscription))
    api = Api(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Garage, Payment],
        config=StrawberryConfig(
            disable_field_suggestions=not introspection,
            scalar_map={Paise: PAISE, **moments.SCALARS},
        ),
        extensions=[LimitedExecution, MaskedAnswers if introspection else UnloggedAnswers],
        exception_handlers=HANDLERS,
    )
    api.documents = Documents(api.types, introspection=introspection, limits=limits)
    choices.describe_enums(api.types)
    return api
