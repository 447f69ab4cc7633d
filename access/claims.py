"""What a token says, whoever signed it: the claims that are demanded, and the actor they make."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError

from domain.access import Actor, Role
from domain.errors import InvalidInput, NotAuthenticated
from domain.hours import WeekHours
from domain.ids import garage_id, person_id, session_id

ISSUER = "battwheels"
AUDIENCE = "battwheels-api"
ACCESS_TIME = timedelta(minutes=15)
LEEWAY = timedelta(seconds=30)
LONGEST = 4_096
KEPT = 1_024
# Whatever reading a token can raise: a bad signature, claims that are no claims, a moment past the
# calendar (OverflowError, OSError), arrays nested too deep.
UNREADABLE = (
    *(JoseError, InvalidInput, ValueError, KeyError, TypeError, ArithmeticError, OSError),
    RecursionError,
)


# All that is told of why a token lets nobody in: neither what reads it nor what it failed at.
TOO_LONG = "the token is too long"
EXPIRED = "the token has expired; sign in again"
NOT_GOOD = "the token is not good; sign in again"


def refused_token(error: Exception) -> NotAuthenticated:
    """Give the refusal of a token that could not be read (`UNREADABLE`).

    Only a token with a good signature is said to have expired.
    """
    return NotAuthenticated(EXPIRED if isinstance(error, ExpiredTokenError) else NOT_GOOD)


def write_claims(actor: Actor, now: datetime, lifetime: timedelta) -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": actor.id,
        "role": actor.role.value,
        "garage": actor.garage,
        "region": actor.region,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }


def read_claims(claims: Mapping[str, Any], now: datetime) -> tuple[Actor, datetime]:
    """Give who checked claims speak for, and until when; raises one of `UNREADABLE` else."""
    _claims_registry(now).validate(dict(claims))
    return _actor_of_claims(claims), _parse_moment(claims["exp"], now)


class KnownToken:
    """A token with a good signature: who it speaks for, read once; its times are looked at anew."""

    __slots__ = ("_claims", "_ends", "_read", "_since")

    def __init__(self, claims: Mapping[str, Any]) -> None:
        self._claims = claims
        self._read: tuple[Actor, datetime] | None = None
        self._since = self._ends = 0.0

    def read(self, now: datetime) -> tuple[Actor, datetime]:
        """Give who it speaks for, and until when; raises one of `UNREADABLE` else.

        What was good once stays so until it expires, unless the clock is put back.
        """
        at = now.timestamp()
        if self._read is None or not self._since <= at < self._ends:
            self._read = read_claims(self._claims, now)
            self._since, self._ends = at, self._read[1].timestamp()
        return self._read


def _claims_registry(now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(LEEWAY.total_seconds()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _actor_of_claims(claims: Mapping[str, Any]) -> Actor:
    garage, region, shift = claims.get("garage"), claims.get("region"), claims.get("shift")
    department, session = claims.get("department"), claims.get("sid")
    return Actor(
        id=person_id(str(claims["sub"])),
        role=Role(str(claims["role"])),
        garage=garage_id(str(garage)) if garage is not None else None,
        region=str(region) if region is not None else None,
        department=str(department) if department is not None else None,
        shift=WeekHours.parse("shift", str(shift)) if shift is not None else None,
        rights=int(claims.get("rights", 0)),
        session=session_id(str(session)) if session is not None else None,
    )


def _parse_moment(seconds: object, now: datetime) -> datetime:
    return datetime.fromtimestamp(float(str(seconds)), tz=now.tzinfo)
