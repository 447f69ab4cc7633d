"""Sessions: somebody signed in on one device, for a day after they were seen, a month at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.ids import PersonId, SessionId

# CC-5, CC-14: a session that nobody used for a day is over.
IDLE = timedelta(days=1)
LONGEST = timedelta(days=30)
# Whoever signed in so lately has shown who they are, and may do what no stolen token may.
FRESH = timedelta(minutes=15)
# Of one person at a time: whoever signs in once more leaves their oldest one.
MOST_SESSIONS = 16


class ClientKind(StrEnum):
    """BROWSER keeps its refresh token in a cookie that no page can read; NATIVE keeps its own."""

    BROWSER = "browser"
    NATIVE = "native"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in on one device.

    Attributes:
        ends_at: in any case; before that a day after it was last seen.
        second_factor: it began with a second factor beside the password.
    """

    id: SessionId
    person: PersonId
    client: ClientKind
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    second_factor: bool = False


def is_fresh(began_at: datetime, now: datetime) -> bool:
    """Say whether a session began so lately that its person has shown who they are."""
    return now < began_at + FRESH


def is_over(session: Session, now: datetime) -> bool:
    return now >= session.ends_at or now >= session.seen_at + IDLE
