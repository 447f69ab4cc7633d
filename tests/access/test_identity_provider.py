"""What another service has to say before it is believed, and what it may not make us do."""

import base64
import hmac
from collections.abc import AsyncGenerator, Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import orjson
import pytest

from access.http_client import LONGEST_ANSWER
from access.id_tokens import LONGEST, ProviderIdentity
from access.identity_provider import (
    PATIENCE_SECONDS,
    REREAD_SECONDS,
    SILENT,
    Breaker,
    CodeGrant,
    IdentityProvider,
    is_safe,
)
from access.provider_accounts import ProviderAccount
from domain.circuit_breaker import FAILURES, CircuitBreaker
from domain.errors import NotAuthenticated, Unavailable
from tests.access.scripted_provider import (
    CLIENT,
    KEY,
    OTHER_KEY,
    SECRET,
    ScriptedProvider,
    scripted_provider,
)

GRANT = CodeGrant(
    code="a code", verifier="v" * 43, redirect="https://our.example/callback", nonce="the nonce"
)
SHORT = {"kty": "RSA", "kid": "one", "n": "A" * 300 + "w" * 171, "e": "AQAB"}
EARLIER = int((datetime.now(UTC) - timedelta(minutes=12)).timestamp())
# Long after whatever is allowed, also at the end of a long run.
LATER = int((datetime.now(UTC) + timedelta(days=1)).timestamp())


class OpenBreaker:
    def pass_through(self) -> nullcontext[None]:
        return nullcontext()


@pytest.fixture
async def script() -> AsyncGenerator[ScriptedProvider]:
    async with scripted_provider() as script:
        yield script


def client_of(
    script: ScriptedProvider,
    breaker: Breaker | None = None,
    clock: Callable[[], float] = monotonic,
    patience_s: float = 60,
) -> IdentityProvider:
    account = ProviderAccount(issuer=script.issuer, client=CLIENT, secret=SECRET, loopback=True)
    return IdentityProvider(account, breaker or OpenBreaker(), clock, patience_s)


async def identity(script: ScriptedProvider) -> ProviderIdentity:
    return await client_of(script).identity(GRANT, datetime.now(UTC))


@pytest.mark.row("AU-2")
async def test_a_code_becomes_an_identity(script: ScriptedProvider) -> None:
    assert await identity(script) == ProviderIdentity(
        issuer=script.issuer, subject="google-118", email="asha@example.org"
    )
    assert script.form == {
        "grant_type": "authorization_code",
        "code": "a code",
        "code_verifier": "v" * 43,
        "redirect_uri": "https://our.example/callback",
        "client_id": CLIENT,
    }
    known = base64.b64encode(b"garage-app:not%3A+a+real%2Fsecret").decode()
    assert script.credentials == f"Basic {known}"


async def test_a_secret_is_posted_where_only_that_is_known(script: ScriptedProvider) -> None:
    script.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await identity(script)
    assert (script.form["client_secret"], script.credentials) == (SECRET, "")


@pytest.mark.row("AU-2")
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["the nonce"]},
        {"aud": "somebody-else"},
        {"aud": [CLIENT, "somebody-else"]},
        {"aud": None},
        {"azp": "somebody-else"},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"exp": EARLIER},
        {"exp": None},
        {"exp": True},
        {"exp": "tomorrow"},
        {"iat": EARLIER},
        {"iat": LATER},
        {"iat": None},
        {"nbf": LATER},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
    ],
)
async def test_claims_of_another_sign_in_are_refused(
    script: ScriptedProvider, claims: dict[str, Any]
) -> None:
    script.claims = claims
    with pytest.raises(NotAuthenticated):
        await identity(script)


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


def _by_secret(script: ScriptedProvider, secret: bytes) -> str:
    """The public key as if it were a shared secret (RFC 8725, 2.1)."""
    header = {"alg": "HS256", "kid": "one"}
    head = f"{_part(header)}.{_part(script.honest(datetime.now(UTC)))}"
    mac = base64.urlsafe_b64encode(hmac.digest(secret, head.encode(), "sha256")).rstrip(b"=")
    return f"{head}.{mac.decode()}"


@pytest.mark.row("AU-2")
async def test_forged_tokens_are_refused(script: ScriptedProvider) -> None:
    now = datetime.now(UTC)
    public: dict[str, Any] = dict(KEY.as_dict(private=False))
    good = script.minted(now)
    unsigned = f"{_part({'alg': 'none'})}.{_part(script.honest(now))}."
    script.signer = OTHER_KEY
    unknown = script.minted(now)
    script.header = {"kid": "one"}
    claimed = script.minted(now)
    own = OTHER_KEY.as_dict(private=False)
    script.header = {"kid": None, "jwk": own}
    carried = script.minted(now)
    told: list[str] = []
    for forged in (
        unsigned,
        _by_secret(script, KEY.as_pem(private=False)),
        _by_secret(script, orjson.dumps(public)),
        unknown,
        claimed,
        carried,
        good[:-8] + "AAAAAAAA",
        good + "A" * LONGEST,
        "",
        "a.b.c",
        f"{_part(['alg'])}.e30.",
    ):
        script.token = forged
        try:
            told.append(str(await identity(script)))
        except NotAuthenticated:
            told.append("refused")
    assert told == ["refused"] * 11


@pytest.mark.parametrize(
    "key",
    [
        KEY.as_dict(private=False) | {"use": "enc"},
        KEY.as_dict(private=False) | {"alg": "RSA-OAEP"},
        {"kty": "oct", "kid": "one", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "one", "n": "AQAB", "e": "AQAB"},
        SHORT,
        7,
    ],
    ids=["for encryption", "of another algorithm", "a secret", "broken", "short", "no key"],
)
async def test_unfit_keys_sign_nothing(script: ScriptedProvider, key: object) -> None:
    script.keys = [key]
    with pytest.raises(NotAuthenticated):
        await identity(script)


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email_verified": None}, None),
        ({"email_verified": False}, None),
        ({"email_verified": "yes"}, None),
        ({"email_verified": 1}, None),
        ({"email": "not an address"}, None),
        ({"email": ["asha@example.org"]}, None),
        ({"email": "Asha@Example.ORG", "email_verified": "true"}, "asha@example.org"),
    ],
    ids=str,
)
async def test_only_a_verified_address_counts(
    script: ScriptedProvider, claims: dict[str, Any], email: str | None
) -> None:
    script.claims = claims
    assert (await identity(script)).email == email


@pytest.mark.parametrize(
    ("subject", "email"), [("google-118", "asha@example.org"), ("google-7", None)]
)
async def test_more_is_asked_for_the_person_of_the_token_alone(
    script: ScriptedProvider, subject: str, email: str | None
) -> None:
    script.claims = {"email": None, "email_verified": None}
    script.document = {"userinfo_endpoint": f"{script.issuer}/me"}
    said = {"sub": subject, "email": "asha@example.org", "email_verified": True}
    script.answers = {"/me": (200, orjson.dumps(said))}
    assert (await identity(script)).email == email


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://elsewhere.example"},
        {"code_challenge_methods_supported": ["plain"]},
        {"authorization_endpoint": "http://elsewhere.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"token_endpoint": "https://user@elsewhere.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"issuer": 7},
    ],
    ids=str,
)
async def test_documents_that_cannot_be_believed_are_refused(
    script: ScriptedProvider, said: dict[str, Any]
) -> None:
    script.document = said
    with pytest.raises(Unavailable) as refused:
        await client_of(script).document()
    assert str(refused.value) == SILENT
    assert script.asked["/token"] == script.asked["/keys"] == 0


@pytest.mark.parametrize(
    "said",
    [
        None,
        (302, b"{}"),
        (404, b"{}"),
        (500, b"{}"),
        (200, b"[]"),
        (200, b"{"),
        (200, b" " * (LONGEST_ANSWER + 1)),
    ],
    ids=["silent", "sent on", "not there", "broken", "no object", "no JSON", "too long"],
)
async def test_a_service_that_does_not_answer_is_unavailable(
    script: ScriptedProvider, said: tuple[int, bytes] | None
) -> None:
    script.answers = {"/keys": said}
    # A silent one is waited for as long as this says, and in the house less than two seconds.
    assert PATIENCE_SECONDS < 2
    patience = 0.1 if said is None else 60
    with pytest.raises(Unavailable) as refused:
        await client_of(script, patience_s=patience).document()
    assert str(refused.value) == SILENT
    assert script.asked["/elsewhere"] == 0


@pytest.mark.parametrize(
    ("said", "error"),
    [((400, b'{"error": "invalid_grant"}'), NotAuthenticated), ((503, b""), Unavailable)],
)
async def test_a_refused_code_is_no_broken_service(
    script: ScriptedProvider, said: tuple[int, bytes], error: type[Exception]
) -> None:
    script.answers = {"/token": said}
    with pytest.raises(error):
        await identity(script)


async def test_new_keys_are_read_once_a_minute(script: ScriptedProvider) -> None:
    moment = [0.0]
    client = client_of(script, clock=lambda: moment[0])
    now = datetime.now(UTC)
    await client.identity(GRANT, now)
    script.signer, script.keys = OTHER_KEY, [OTHER_KEY.as_dict(private=False)]
    assert (await client.identity(GRANT, now)).subject == "google-118"
    script.signer = KEY
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            await client.identity(GRANT, now)
    assert script.asked["/keys"] == 2
    moment[0] += REREAD_SECONDS
    script.keys = [KEY.as_dict(private=False)]
    await client.identity(GRANT, now)
    assert (script.asked["/keys"], script.asked["/.well-known/openid-configuration"]) == (3, 1)


async def test_a_failing_service_is_left_alone(script: ScriptedProvider) -> None:
    script.answers = {"/.well-known/openid-configuration": (503, b"")}
    client = client_of(script, breaker=CircuitBreaker())
    for _ in range(FAILURES + 3):
        with pytest.raises(Unavailable, match=SILENT):
            await client.document()
    assert script.asked["/.well-known/openid-configuration"] == FAILURES


def test_production_asks_over_tls_alone() -> None:
    assert [is_safe(url, loopback=False) for url in ("https://a.example", "http://127.0.0.1")] == [
        True,
        False,
    ]
    assert [
        is_safe(url, loopback=True) for url in ("http://127.0.0.1:9", "http://a.example", "ftp:x")
    ] == [True, False, False]
