"""What a garage reads of its past hours."""

from datetime import UTC, datetime

import strawberry

from domain.access import Action, ResourceKind
from domain.errors import InvalidInput
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from schema import digests
from schema.nodes import NOT_OURS, USUAL, Connection, after_position, make_connection, page_size
from schema.vocabulary import After, First


@strawberry.type
class DigestQueries:
    @strawberry.field(
        description="What happened in each hour, the newest first: in your garage, or in all of "
        "them for administrators."
    )
    @guard_field(Action.READ, ResourceKind.REPORT)
    async def hourly_digests(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[digests.HourlyDigest]:
        context = info.context
        found = await context.services.digests.newest(
            context.garage_filter, page_size(first) + 1, _hour_after(after)
        )
        return make_connection(
            found, first, after, lambda d: d.hour.isoformat(), digests.HourlyDigest.from_domain
        )


def _hour_after(after: str | None) -> datetime | None:
    """Give the hour that a page begins before.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    if (given := after_position(after)) is None:
        return None
    try:
        return datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("after", NOT_OURS["after"]) from error
