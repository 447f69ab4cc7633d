"""The audit trail, for administrators."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.errors import InvalidInput, Unavailable
from domain.ids import PersonId, garage_id, person_id
from records.audit_trail import EVERY_DEED, DeedFilter
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from schema import deeds as schema_deeds
from schema.deeds import DeedFilterInput
from schema.nodes import (
    USUAL,
    Connection,
    after_position,
    key_of,
    make_connection,
    page_size,
    parsed_id,
)
from schema.vocabulary import After, First

RESOURCE_LIMIT = 200
# The kinds of things that deeds are done to, as their ids name them.
KINDS = frozenset({"Ticket", "FailureCard", "Invoice", "Garage"})
FilterArgument = Annotated[
    DeedFilterInput | None, strawberry.argument(description="Which deeds; null: all of them.")
]


@strawberry.type
class AuditQueries:
    @strawberry.field(
        description="Who did what, from where, and how it ended, the newest first; attempts that "
        "were refused too. For administrators."
    )
    @guard_field(Action.UPDATE, ResourceKind.SETTING, network=True)
    async def audit_trail(
        self,
        info: RequestInfo,
        first: First = USUAL,
        after: After = None,
        filter: FilterArgument = None,
    ) -> Connection[schema_deeds.Deed]:
        info.context.personal = True
        audit = info.context.services.audit
        if audit is None:
            raise Unavailable("postgres", "the audit is not connected")
        found = await audit.trail.page(
            page_size(first) + 1, _parse_filter(filter), after_position(after)
        )
        return make_connection(
            found, first, after, lambda deed: deed.audit_id, schema_deeds.Deed.from_domain
        )


def _parse_filter(value: DeedFilterInput | None) -> DeedFilter:
    """Read a filter.

    Raises:
        InvalidInput: a field of it does not read as what it should be; it is named.
    """
    if value is None:
        return EVERY_DEED
    since, until = _aware("since", value.since), _aware("until", value.until)
    if since is not None and until is not None and until <= since:
        raise InvalidInput("until", "is not behind `since`")
    return DeedFilter(
        user=None if value.person is None else _parse_person(value.person),
        resource=None if value.resource is None else _parse_resource(value.resource),
        garage=None if value.garage is None else garage_id(key_of("Garage", value.garage)),
        type=value.type,
        since=since,
        until=until,
    )


def _parse_person(value: str) -> PersonId:
    try:
        return person_id(value)
    except InvalidInput as wrong:
        raise wrong.at("person") from wrong


def _parse_resource(value: str) -> str:
    """Give the key of a thing of any kind: it may be named by its global id."""
    clean = limits.clean_text("resource", value, RESOURCE_LIMIT)
    if clean != value:
        raise InvalidInput("resource", "holds spaces around it, or letters that are not seen")
    try:
        kind, key = parsed_id(value)
    except InvalidInput:
        return value
    if kind not in KINDS:
        raise InvalidInput("resource", "is the id of nothing that deeds are kept of")
    return key


def _aware(field: str, moment: datetime | None) -> datetime | None:
    if moment is not None and moment.utcoffset() is None:
        raise InvalidInput(field, "needs a time zone")
    return moment
