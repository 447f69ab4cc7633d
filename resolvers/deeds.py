"""What the doors tell the audit: attempts that came to nothing, and reads that are deeds."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import cast

from domain.deeds import Deed, DeedResult, DeedType, Values, deed_by
from domain.errors import NotFound, Refused, Unavailable
from domain.ids import GarageId, uuid7
from resolvers.context import RequestContext, RequestInfo
from schema.nodes import key_of

# The arguments of verbs that name what a deed is done to, as a key or as an id of the API.
NAMES = ("id", "ticket", "invoice", "card", "person", "garage")
KINDS = ("Ticket", "FailureCard", "Invoice", "Garage")
# An id of ours; what holds as many digits as a telephone number is one only in the form of a UUID.
KEY = re.compile(
    r"(tkt|fc|inv)_([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?!.*\d{8})[A-Za-z0-9_\-]{3,61})"
    r"|garage_(?!.*\d{8})[A-Za-z0-9_\-]{1,57}"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(per|cus|veh)_[0-9a-f]{32}"
)
RANDOM_BITS = 80
MANY_VERBS = frozenset({DeedType.SETTINGS_CHANGE, DeedType.ACCESS_REFUSE})


def note_refusal(context: RequestContext, why: str) -> None:
    """Note that a caller who is known tried to get around what holds them; `why` is a code of ours.

    What strangers try is counted in the metrics alone: their rows would cost them nothing.
    """
    audit = context.services.audit
    if audit is None or context.signed_in is None:
        return
    said, refused = {"error": why}, DeedResult.REFUSED
    audit.refused.note(
        request_deed(context, DeedType.ACCESS_REFUSE, None, after=said, result=refused)
    )


def note_attempt(
    context: RequestContext, type: DeedType, error: Exception, arguments: Mapping[str, object]
) -> None:
    """Note that a deed was tried and was refused or failed; nobody waits for that.

    What it was to be done to is kept where it reads as an id; whatever else somebody sent is not.
    Of a thing that is there for others, it is whose it is.
    """
    audit = context.services.audit
    if audit is None:
        return
    named = next((str(arguments[name]) for name in NAMES if arguments.get(name)), "")
    owner = error.owner if isinstance(error, NotFound) else None
    result = DeedResult.REFUSED if isinstance(error, Refused) else DeedResult.FAILED
    said = {"error": error.__class__.__name__}
    if type in MANY_VERBS:
        # One type for many verbs: it is told which.
        said["verb"] = str(cast("RequestInfo", arguments["info"]).field_name)
    audit.refused.note(
        request_deed(context, type, owner or _key_of(named), after=said, result=result)
    )


async def write_deed(
    context: RequestContext, type: DeedType, resource: str, garage: GarageId | None, after: Values
) -> None:
    """Write the deed of something that writes nothing else: whoever reads it answers for it.

    Raises:
        Unavailable: it cannot be written, so it must not be done.
    """
    audit = context.services.audit
    if audit is None:
        raise Unavailable("postgres", "the audit is not connected")
    deed = request_deed(context, type, resource, after=after, garage=garage)
    async with audit.records.transaction() as connection:
        await audit.writer.write(connection, [deed])


def _key_of(named: str) -> str | None:
    for kind in KINDS:
        with suppress(Refused):
            key = key_of(kind, named)
            if KEY.fullmatch(key):
                return key
    return None


def request_deed(  # noqa: PLR0913 - the fields that differ
    context: RequestContext,
    type: DeedType,
    resource: str | None,
    *,
    after: Values,
    garage: GarageId | None = None,
    result: DeedResult = DeedResult.DONE,
) -> Deed:
    """Give the deed of whoever asks, from where they ask; `garage`: another one than their own."""
    now, actor = context.services.now(), context.signed_in
    own = None if actor is None else actor.garage
    return deed_by(
        actor,
        context.origin,
        type,
        id=str(uuid7(now, secrets.randbits(RANDOM_BITS))),
        at=now,
        resource=resource,
        garage=garage or own,
        new=after,
        result=result,
    )
