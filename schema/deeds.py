"""Deeds of the audit trail, in the words of AD-15."""

from datetime import datetime
from typing import Self

import orjson
import strawberry
from strawberry import field

from domain import deeds
from domain.deeds import DeedResult, DeedType, Values


@strawberry.type(description="Who did what, from where, to what, and how it ended: never changed.")
class Deed:
    audit_id: strawberry.ID = field(description="Its own id.")
    timestamp: datetime = field(description="When it was done.")
    event_type: DeedType = field(description="What was done.")
    user_id: strawberry.ID | None = field(
        description="Who did it; null where nobody had vouched for them."
    )
    user_role: str | None = field(description="Their role at the time, where it is known.")
    garage_id: strawberry.ID | None = field(description="Whose thing it was done to.")
    ip_address: str | None = field(description="The address that it was asked from.")
    user_agent: str | None = field(
        description="What the asking client calls itself, 200 characters at most."
    )
    resource_type: str = field(description="The kind of thing.")
    resource_id: strawberry.ID | None = field(
        description="The thing; null where an attempt named none."
    )
    action: str = field(description="What was done to it.")
    old_value: str | None = field(
        description="What changed, as it was before: a JSON object; words stand as a keyed hash."
    )
    new_value: str | None = field(description="The same as it is after.")
    result: DeedResult = field(description="How it ended.")

    @classmethod
    def from_domain(cls, value: deeds.Deed) -> Self:
        return cls(
            audit_id=strawberry.ID(value.audit_id),
            timestamp=value.timestamp,
            event_type=value.event_type,
            user_id=_id(value.user_id),
            user_role=value.user_role,
            garage_id=_id(value.garage_id),
            ip_address=value.ip_address,
            user_agent=value.user_agent,
            resource_type=value.resource_type,
            resource_id=_id(value.resource_id),
            action=value.action,
            old_value=_json(value.old_value),
            new_value=_json(value.new_value),
            result=value.result,
        )


@strawberry.input(description="Which deeds; what is null does not narrow.")
class DeedFilterInput:
    person: strawberry.ID | None = field(default=None, description="Only what this person did.")
    resource: strawberry.ID | None = field(default=None, description="Only what was done to it.")
    garage: strawberry.ID | None = field(default=None, description="Only of this garage.")
    type: DeedType | None = field(default=None, description="Only of this type.")
    since: datetime | None = field(default=None, description="From this moment on.")
    until: datetime | None = field(default=None, description="Before this moment.")


def _id(value: str | None) -> strawberry.ID | None:
    return None if value is None else strawberry.ID(value)


def _json(values: Values | None) -> str | None:
    return None if values is None else orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
