"""Tokens: what is minted is read back, and every forgery is refused."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.claims import EXPIRED, LEEWAY, LONGEST, NOT_GOOD, TOO_LONG
from access.tokens import AccessTokens
from domain.access import Actor, Role
from domain.errors import InvalidInput, NotAuthenticated
from domain.ids import GarageId, PersonId

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SECRET, OTHER = b"s" * 32, b"o" * 32
TOKENS = AccessTokens(SECRET)
ANU = Actor(id=PersonId("anu"), role=Role.MANAGER, garage=GarageId("garage_pune"), region="west")
HEADER = {"alg": "HS256", "typ": "JWT"}
CLAIMS: dict[str, Any] = {
    "iss": "battwheels",
    "aud": "battwheels-api",
    "sub": "anu",
    "role": "manager",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 900,
}


def _part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(claims: object, header: object = HEADER, secret: bytes = SECRET) -> str:
    """Sign anything at all, with the standard library alone."""
    message = f"{_part(header)}.{_part(claims)}"
    return f"{message}.{_part(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"


def _refused(token: str, now: datetime = NOW) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        TOKENS.verify(token, now)
    assert refused.value.reason in {TOO_LONG, EXPIRED, NOT_GOOD}


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("role", list(Role))
def test_token_carries_the_actor(role: Role) -> None:
    actor = Actor(id=PersonId("anu"), role=role, garage=GarageId("garage_pune"), region="west")
    token = TOKENS.mint(actor, NOW)
    assert TOKENS.verify(token, NOW) == (actor, NOW + timedelta(minutes=15))


def test_actor_without_garage_comes_back() -> None:
    root = Actor(id=PersonId("root"), role=Role.ADMIN)
    token = TOKENS.mint(root, NOW, SECOND)
    assert TOKENS.verify(token, NOW) == (root, NOW + SECOND)


@pytest.mark.row("GW-2")
def test_hand_signed_token_is_read() -> None:
    actor = Actor(id=PersonId("anu"), role=Role.MANAGER)
    assert TOKENS.verify(_signed(CLAIMS), NOW) == (actor, NOW + timedelta(minutes=15))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None, ["HS256"], 7])
def test_unsigned_token_is_refused(alg: object) -> None:
    _refused(f"{_part({'alg': alg})}.{_part(CLAIMS)}.")
    _refused(_signed(CLAIMS, {"alg": alg}))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("alg", ["HS384", "HS512", "RS256", "ES256", "EdDSA", "PS256"])
def test_swapped_algorithm_is_refused(alg: str) -> None:
    _refused(_signed(CLAIMS, {"alg": alg}))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize(
    "extra",
    [
        {"kid": "../../../../dev/null"},
        {"kid": "' UNION SELECT 'key"},
        {"jwk": {"kty": "oct", "k": _part(OTHER)}},
        {"jku": "https://example.org/keys"},
        {"x5u": "https://example.org/cert"},
    ],
)
@pytest.mark.parametrize("secret", [b"", OTHER])
def test_injected_key_is_refused(extra: dict[str, Any], secret: bytes) -> None:
    _refused(_signed(CLAIMS, HEADER | extra, secret))


@pytest.mark.row("GW-2")
def test_token_of_another_secret_is_refused() -> None:
    _refused(AccessTokens(OTHER).mint(ANU, NOW))


@pytest.mark.row("GW-2")
def test_raised_role_is_refused() -> None:
    header, claims, signature = TOKENS.mint(ANU, NOW).split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    _refused(f"{header}.{_part(read | {'role': 'admin'})}.{signature}")


@pytest.mark.row("GW-2")
@pytest.mark.parametrize(
    ("after", "valid"), [(timedelta(0), True), (LEEWAY - SECOND, True), (LEEWAY + SECOND, False)]
)
def test_token_ends_after_its_leeway(after: timedelta, valid: bool) -> None:
    token = TOKENS.mint(ANU, NOW, SECOND)
    moment = NOW + SECOND + after
    if not valid:
        _refused(token, moment)
    else:
        assert TOKENS.verify(token, moment)[0] == ANU


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_token_of_the_future_is_refused(claim: str) -> None:
    _refused(_signed(CLAIMS | {claim: CLAIMS["iat"] + 31}))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "role", "iat", "exp"])
def test_missing_claim_is_refused(claim: str) -> None:
    _refused(_signed({name: value for name, value in CLAIMS.items() if name != claim}))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "somebody"},
        {"aud": "another-api"},
        {"aud": []},
        {"sub": "a b"},
        {"sub": 7},
        {"sub": ""},
        {"role": "root"},
        {"role": ["admin"]},
        {"garage": "elsewhere"},
        {"garage": ""},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": 10**18},
        {"exp": None},
    ],
)
def test_wrong_claim_is_refused(wrong: dict[str, Any]) -> None:
    _refused(_signed(CLAIMS | wrong))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("claims", [[1], 5, None, b"[" * 1_500, b"\xff\xfe", b""])
def test_claims_must_be_an_object(claims: object) -> None:
    _refused(_signed(claims))


@pytest.mark.row("GW-2")
@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "é.é.é",
        "\ud800.a.b",
        "a.\x00.c",
        " ",
        "Bearer x",
    ],
)
def test_garbage_is_refused(token: str) -> None:
    _refused(token)


@pytest.mark.row("GW-2")
@pytest.mark.parametrize("change", [" {}", "{} ", "{}\n", "{}=", "{}.x", "x{}"])
def test_altered_token_is_refused(change: str) -> None:
    _refused(change.format(TOKENS.mint(ANU, NOW)))


@pytest.mark.row("GW-2")
def test_oversized_token_is_refused() -> None:
    long = _signed(CLAIMS | {"padding": "x" * LONGEST})
    with pytest.raises(NotAuthenticated, match="too long"):
        TOKENS.verify(long, NOW)


@pytest.mark.row("GW-2")
@given(st.text(max_size=200))
def test_any_text_is_refused(token: str) -> None:
    _refused(token)


@pytest.mark.row("GW-2")
@given(st.integers(0, 10_000), st.integers(0, 5))
def test_any_flipped_bit_is_refused(place: int, bit: int) -> None:
    token = TOKENS.mint(ANU, NOW)
    at = place % len(token)
    flipped = token[:at] + chr(ord(token[at]) ^ (1 << bit)) + token[at + 1 :]
    _refused(flipped)


@pytest.mark.row("GW-2")
def test_short_secret_is_refused() -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        AccessTokens(b"s" * 31)
