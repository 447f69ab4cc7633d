"""What stays of a ticket or card that was deleted: that it was there, whose, and who took it away.

Of a ticket nothing that anybody wrote stays. Of a card its versions stay: knowledge that others
relied on has a history, though nobody finds it any more.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import GarageId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A deleted thing.

    Attributes:
        version: that of the deletion itself, one beyond the last that said anything.
        garage, assignee: of a ticket, whose it was: those who could see it hear that it is gone.
        mark: of the operation that deleted it, so that whoever lost the answer hears it again.
    """

    id: str
    version: int
    deleted_at: datetime
    deleted_by: PersonId
    mark: str
    garage: GarageId | None = None
    assignee: PersonId | None = None
