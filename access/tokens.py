"""JSON Web Tokens: who the bearer is, signed with one fixed algorithm (RFC 7519, RFC 8725)."""

from datetime import datetime, timedelta
from functools import lru_cache

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from domain.access import Actor, Role
from domain.errors import InvalidInput, NotAuthenticated
from domain.ids import garage_id, person_id

ALGORITHM = "HS256"
ISSUER = "battwheels"
AUDIENCE = "battwheels-api"
ACCESS_TIME = timedelta(minutes=15)
LEEWAY = timedelta(seconds=30)
LONGEST = 4_096
KEPT = 1_024
# Whatever reading a token can raise: a bad signature, claims that are no claims, a moment past the
# calendar (OverflowError, OSError), arrays nested too deep.
UNREADABLE = (JoseError, InvalidInput, ValueError, KeyError, TypeError, ArithmeticError, OSError)


class AccessTokens:
    """Mints and verifies with one secret of at least 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:  # noqa: PLR2004 - RFC 7518, section 3.2: a key as long as the hash
            raise InvalidInput("token secret", "needs at least 32 bytes")
        self._key = OctKey.import_key(secret)
        # A signature that was right stays right; what time decides is looked at each time, and what
        # is refused is not kept. Bounded by number, and each token by LONGEST.
        self._claims = lru_cache(maxsize=KEPT)(self._decoded)

    def mint(self, actor: Actor, now: datetime, lifetime: timedelta = ACCESS_TIME) -> str:
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": actor.id,
            "role": actor.role.value,
            "garage": actor.garage,
            "region": actor.region,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, self._key)

    def verify(self, token: str, now: datetime) -> tuple[Actor, datetime]:
        """Give who the token speaks for, and until when.

        Raises:
            NotAuthenticated: forged, expired, not yet valid, for another audience, or malformed.
        """
        if len(token) > LONGEST:
            raise NotAuthenticated("the token is too long")
        try:
            claims = self._claims(token)
            _claims_registry(now).validate(claims)
            return _actor_of_claims(claims), _parse_moment(claims["exp"], now)
        except (*UNREADABLE, RecursionError) as error:
            raise NotAuthenticated(f"the token was refused ({type(error).__name__})") from error

    def _decoded(self, token: str) -> dict[str, object]:
        return jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims


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


def _actor_of_claims(claims: dict[str, object]) -> Actor:
    garage, region = claims.get("garage"), claims.get("region")
    return Actor(
        id=person_id(str(claims["sub"])),
        role=Role(str(claims["role"])),
        garage=garage_id(str(garage)) if garage is not None else None,
        region=str(region) if region is not None else None,
    )


def _parse_moment(seconds: object, now: datetime) -> datetime:
    return datetime.fromtimestamp(float(str(seconds)), tz=now.tzinfo)
