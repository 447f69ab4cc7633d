"""Sessions: somebody signed in on one device, for a day after they were seen, a month at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.ids import PersonId, SessionId

# CC-5, CC-14: a session that nobody used for a day is over.
IDLE = timedelta(days=1)
LONGEST = timedelta(days=30)
# Of one person at a time: whoever signs in once more leaves their oldest one.
MOST_SESSIONS = 16


class ClientKind(StrEnum):
    """BROWSER keeps its refresh token in a cookie that no page can read; NATIVE keeps its own."""

    BROWSER = "browser"
    NATIVE = "native"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`ends_at`: in any case; before that a day after it was last seen."""

    id: SessionId
    person: PersonId
    client: ClientKind
    began_at: datetime
    seen_at: datetime
    ends_at: datetime


def is_over(session: Session, now: datetime) -> bool:
    return now >= session.ends_at or now >= session.seen_at + IDLE
