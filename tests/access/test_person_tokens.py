"""Tokens of people: ES256 by a key that is known, over when the rights or the session are."""

import base64
import hmac
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from access.claims import EXPIRED, LEEWAY, LONGEST, NOT_GOOD, TOO_LONG
from access.person_tokens import KIND, CallerTokens, PersonTokens
from access.revocations import Revocations
from access.token_keys import SIGNS_FOR, TokenKeys
from access.tokens import AccessTokens
from domain.access import Actor, Role
from domain.errors import NotAuthenticated
from domain.hours import WeekHours
from domain.ids import GarageId, PersonId, SessionId
from records.revocations import Revocation, RevocationLog

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SESSION = SessionId(str(uuid4()))
ANU = Actor(
    id=PersonId("per_anu"),
    role=Role.TECHNICIAN,
    garage=GarageId("garage_pune"),
    region="west",
    department="Bay 2",
    shift=WeekHours.parse("shift", "Mon-Fri 09:00-18:00"),
    rights=3,
    session=SESSION,
)
TOKENS = PersonTokens(TokenKeys(NOW))
TOKEN = TOKENS.mint(ANU, NOW)[0]


class WrittenLog(RevocationLog):
    """A revocation log that says what was written into it."""

    def __init__(self, *written: Revocation) -> None:
        self._written = list(written)

    async def recent(self, seconds: float) -> list[Revocation]:
        del seconds
        return self._written


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _claims(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def _signed(key: ECKey, header: dict[str, Any], claims: dict[str, Any] | None = None) -> str:
    return jwt.encode({"alg": "ES256", "typ": KIND} | header, claims or _claims(TOKEN), key)


def _refused(token: str, now: datetime = NOW, tokens: PersonTokens = TOKENS) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        tokens.verify(token, now)
    assert refused.value.reason in {TOO_LONG, EXPIRED, NOT_GOOD}


@pytest.mark.row("AU-1", "AU-5", "GW-2")
def test_a_token_carries_person_and_session() -> None:
    actor, until = TOKENS.verify(TOKEN, NOW)
    assert (actor, until) == (ANU, NOW + timedelta(minutes=15))
    carried = (actor.department, actor.shift, actor.rights, actor.session)
    assert carried == (ANU.department, ANU.shift, 3, SESSION)


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES384", "RS256", "", None, ["ES256"]])
def test_no_other_algorithm_is_believed(alg: object) -> None:
    kid = TOKENS.keys.current.id
    _, claims, signature = TOKEN.split(".")
    for end in ("", signature):
        _refused(f"{_part({'alg': alg, 'kid': kid, 'typ': KIND})}.{claims}.{end}")
    # The public key as a secret: the classic swap.
    public = TOKENS.keys.current.key.as_pem(private=False)
    message = f"{_part({'alg': 'HS256', 'kid': kid, 'typ': KIND})}.{claims}"
    mac = base64.urlsafe_b64encode(hmac.digest(public, message.encode(), "sha256"))
    _refused(f"{message}.{mac.rstrip(b'=').decode()}")


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("typ", ["JWT", "AT+JWT ", "id+jwt", "", None])
def test_no_token_of_another_kind_is_believed(typ: str | None) -> None:
    key = TOKENS.keys.current
    right = _signed(key.key, {"kid": key.id})
    assert TOKENS.verify(right, NOW)[0] == ANU
    header = {"alg": "ES256", "kid": key.id} | ({} if typ is None else {"typ": typ})
    _refused(jwt.encode(header, _claims(TOKEN), key.key))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("kid", ["unknown", "../../etc/passwd", "' or 1=1 --", "", 7, None, ["x"]])
def test_a_foreign_key_is_refused(kid: object) -> None:
    foreign = ECKey.generate_key("P-256", private=True)
    own = TOKENS.keys.current.id
    _refused(_signed(foreign, {"kid": own}))
    header = f"{_part({'alg': 'ES256', 'kid': kid, 'typ': KIND})}"
    _refused(".".join([header, *TOKEN.split(".")[1:]]))
    carried = {"kid": own, "jwk": foreign.as_dict(private=False), "jku": "https://example.org"}
    _refused(_signed(foreign, carried))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-api"},
        {"iss": "somebody"},
        {"exp": int((NOW - LEEWAY - SECOND).timestamp())},
        {"iat": int((NOW + LEEWAY + SECOND).timestamp())},
        {"nbf": int((NOW + LEEWAY + SECOND).timestamp())},
        {"sid": None},
        {"sid": "x"},
        {"rights": "many"},
        {"rights": [1]},
        {"shift": "always"},
        {"role": "root"},
        {"sub": "a b"},
    ],
)
def test_a_wrong_claim_is_refused(wrong: dict[str, Any]) -> None:
    key = TOKENS.keys.current
    _refused(_signed(key.key, {"kid": key.id}, _claims(TOKEN) | wrong))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é.é.é", "e30.e30.", "W10.W10.W10"])
def test_what_is_no_token_is_refused(token: str) -> None:
    _refused(token)
    _refused(TOKEN + "A" * LONGEST)
    head, claims, signature = TOKEN.split(".")
    raised = _part(_claims(TOKEN) | {"role": "admin"})
    _refused(f"{head}.{raised}.{signature}")
    _refused(f"{head}.{claims}.{signature[::-1]}")


@pytest.mark.row("AU-1")
def test_what_is_refused_is_not_kept() -> None:
    """Anybody may send headers of their own; nothing stays of them in this process."""
    callers = CallerTokens(
        TOKENS, Revocations(WrittenLog(), TOKENS.keys, lambda: NOW), AccessTokens(b"s" * 32)
    )
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for n in range(300):
        header = _part({"alg": "ES256", "typ": KIND, "kid": f"{n:03}".ljust(2_800, "x")})
        with pytest.raises(NotAuthenticated):
            callers.verify(f"{header}.e30.c2ln", NOW)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A header takes some 4 KB: kept, they would be over a megabyte.
    assert after - before < 100_000


def test_a_rotation_signs_nobody_out() -> None:
    keys = TokenKeys(NOW)
    tokens, first = PersonTokens(keys), keys.current
    token = tokens.mint(ANU, late := NOW + SIGNS_FOR - SECOND)[0]
    rotated = tokens.mint(ANU, NOW + SIGNS_FOR + SECOND)[0]
    assert keys.current is not first
    assert tokens.verify(token, late + timedelta(minutes=15))[0] == ANU
    assert tokens.verify(rotated, NOW + SIGNS_FOR + SECOND)[0] == ANU
    assert {key["kid"] for key in keys.jwks()["keys"]} == {first.id, keys.current.id}


@pytest.mark.row("AU-1", "GW-2")
def test_processes_believe_each_others_keys() -> None:
    one, other = TokenKeys(NOW), TokenKeys(NOW)
    token = PersonTokens(one).mint(ANU, NOW)[0]
    reader = PersonTokens(other)
    _refused(token, tokens=reader)
    junk = {"broken": {"kty": "EC"}, "oct": {"kty": "oct", "k": "AAAA"}}
    assert not other.hear({one.current.id: one.current.public, **junk})
    assert reader.verify(token, NOW)[0] == ANU
    # A key that is taken away takes its tokens along, also those that were read before.
    assert other.hear({other.current.id: other.current.public})
    _refused(token, tokens=reader)


@pytest.mark.row("CC-6")
@pytest.mark.parametrize(
    ("revoked", "out"),
    [
        (Revocation(person=ANU.id, rights=4, session=None), True),
        (Revocation(person=ANU.id, rights=3, session=None), False),
        (Revocation(person=PersonId("per_ravi"), rights=9, session=None), False),
        (Revocation(person=None, rights=None, session=SESSION), True),
        (Revocation(person=None, rights=None, session=SessionId(str(uuid4()))), False),
    ],
)
async def test_a_revocation_ends_what_it_names(revoked: Revocation, out: bool) -> None:
    known = Revocations(WrittenLog(revoked), TOKENS.keys, lambda: NOW)
    callers, watch = CallerTokens(TOKENS, known, None), known.watch(ANU)
    assert callers.verify(TOKEN, NOW)[0] == ANU
    await known.read()
    assert watch.over.is_set() == out
    if out:
        with pytest.raises(NotAuthenticated, match="refresh"):
            callers.verify(TOKEN, NOW)
    else:
        assert callers.verify(TOKEN, NOW)[0] == ANU


@pytest.mark.row("AU-1", "GW-2")
def test_tokens_of_development_are_for_development() -> None:
    development = AccessTokens(b"s" * 32)
    known = Revocations(WrittenLog(), TOKENS.keys, lambda: NOW)
    token = development.mint(Actor(id=PersonId("root"), role=Role.ADMIN), NOW)
    assert CallerTokens(TOKENS, known, development).verify(token, NOW)[0].role is Role.ADMIN
    with pytest.raises(NotAuthenticated):
        CallerTokens(TOKENS, known, None).verify(token, NOW)
