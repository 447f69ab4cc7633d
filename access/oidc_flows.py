"""What is remembered of a sign-in while somebody is away at another service: nothing is, here.

`state` carries an id and an end under a keyed hash over all that the sign-in is bound to: the PKCE
challenge, where the answer goes, and where the browser goes afterwards. Who comes back has to bring
the verifier of the challenge: a browser in a cookie that no page reads, a native client of its own.
The nonce and a browser's verifier are made again from the house's key. So whoever begins a thousand
sign-ins writes nothing; what is kept is which ones have ended (`records.oidc`).
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from access.people import NameSeal
from domain.errors import NotAuthenticated

FLOW_TIME = timedelta(minutes=10)
LONGEST_STATE = 120
PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcFlow:
    """One sign-in by another service, from its beginning to its one end.

    Attributes:
        challenge: S256 of the verifier that only whoever began it has.
        redirect: where the other service sends its answer.
        return_to: where the browser goes when it is in; empty for native clients.
    """

    id: UUID
    ends_at: datetime
    challenge: str
    redirect: str
    return_to: str = ""


@dataclass(frozen=True, slots=True)
class FlowSeal:
    """Makes and reads `state`."""

    seal: NameSeal = field(repr=False)

    def state(self, flow: OidcFlow) -> str:
        ends = str(int(flow.ends_at.timestamp()))
        bound = f"{flow.id.hex}\n{ends}\n{flow.challenge}\n{flow.redirect}\n{flow.return_to}"
        return f"{flow.id.hex}.{ends}.{self.seal.word('oidc state', bound)}"

    def nonce(self, flow: OidcFlow) -> str:
        return self.seal.word("oidc nonce", flow.id.hex)

    def verifier(self, word: str) -> str:
        """Give the verifier of the browser that holds this word in its cookie."""
        return self.seal.word("oidc verifier", word)

    def read(
        self, state: str, *, verifier: str, redirect: str, return_to: str, now: datetime
    ) -> OidcFlow:
        """Give the sign-in that a state belongs to.

        Raises:
            NotAuthenticated: it is none of ours, of somebody else, or over.
        """
        parts = state.split(".") if len(state) <= LONGEST_STATE and state.isascii() else []
        if len(parts) != PARTS or not parts[1].isdecimal():
            raise NotAuthenticated("the state does not read")
        try:
            flow = OidcFlow(
                id=UUID(hex=parts[0]),
                ends_at=datetime.fromtimestamp(int(parts[1]), UTC),
                challenge=challenge_of(verifier),
                redirect=redirect,
                return_to=return_to,
            )
        except (ValueError, OverflowError, OSError) as error:
            raise NotAuthenticated("the state does not read") from error
        if not hmac.compare_digest(self.state(flow), state) or now >= flow.ends_at:
            raise NotAuthenticated("the state is of another browser, or over")
        return flow


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
