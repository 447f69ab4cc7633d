"""Signing in by another service, as programs of people's own ask for it at the door."""

import re
from typing import Annotated, Protocol

import strawberry

from access.challenges import LONGEST_CHALLENGE
from access.oidc import OidcAddress, OidcAnswer
from access.oidc_flows import OidcFlow
from access.sign_in import Entry
from access.sign_in_tries import SignInRequest
from domain.errors import InvalidInput
from resolvers.arguments import demand_size
from schema.sign_in import OidcAnswerInput

CHALLENGE = re.compile(r"[A-Za-z0-9_\-]{43}")
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]):[0-9]{1,5}(/[A-Za-z0-9._~/\-]*)?")
LONGEST_REDIRECT = 200
LONGEST_CODE = 2_000
LONGEST_VERIFIER = 128
LONGEST_ISSUER = 500
RANDOM_BITS = 80

ChallengeArgument = Annotated[
    str,
    strawberry.argument(
        description="S256 of a verifier that you keep: 32 random bytes at least (RFC 7636)."
    ),
]
RedirectArgument = Annotated[
    str,
    strawberry.argument(
        description="Where you listen for the answer: http://127.0.0.1:PORT/PATH or "
        "http://[::1]:PORT/PATH (RFC 8252)."
    ),
]
OidcAnswerArgument = Annotated[
    OidcAnswerInput, strawberry.argument(description="What came to your address, and the verifier.")
]


class OidcUseCases(Protocol):
    """What `access.oidc.OidcDoor` does."""

    async def begin(self, flow: OidcFlow) -> OidcAddress: ...
    async def finish(self, answer: OidcAnswer, request: SignInRequest) -> Entry: ...


def parse_challenge(challenge: str) -> str:
    """Read a PKCE challenge.

    Raises:
        InvalidInput: it is none of S256.
    """
    if not CHALLENGE.fullmatch(challenge):
        raise InvalidInput("challenge", "is no S256 challenge: 43 letters of base64url")
    return challenge


def parse_redirect(uri: str) -> str:
    """Read where a program listens: on the machine of whoever signs in, and nowhere else.

    Raises:
        InvalidInput: elsewhere.
    """
    if len(uri) > LONGEST_REDIRECT or not LOOPBACK.fullmatch(uri):
        raise InvalidInput("redirectUri", "does not read as http://127.0.0.1:PORT/PATH")
    return uri


def read_answer(said: OidcAnswerInput) -> OidcAnswer:
    """Read what a program brings back from the other service.

    Raises:
        InvalidInput: a part of it is too long, or none.
    """
    demand_size("code", said.code, LONGEST_CODE)
    demand_size("state", said.state, LONGEST_CHALLENGE)
    demand_size("verifier", said.verifier, LONGEST_VERIFIER)
    demand_size("issuer", said.issuer or "-", LONGEST_ISSUER)
    return OidcAnswer(
        code=said.code,
        state=said.state,
        verifier=said.verifier,
        redirect=parse_redirect(said.redirect_uri),
        issuer=said.issuer,
    )
