"""What is remembered of a sign-in while somebody is away at another service: nothing is, here.

`state` carries an id and an end under a keyed hash over all that the sign-in is bound to: the PKCE
challenge, where the answer goes, and where the browser goes afterwards. Who comes back has to bring
the verifier of the challenge: a browser in a cookie that no page reads, a native client of its own.
The nonce and a browser's verifier are made again from the house's key. So whoever begins a thousand
sign-ins writes nothing; what is kept is which ones have ended (`records.oidc`).
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from access.challenges import ChallengeSeal
from access.people import NameSeal

FLOW_TIME = timedelta(minutes=10)


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
        bound = _bound_to(flow.challenge, flow.redirect, flow.return_to)
        return self._states.make(flow.id, flow.ends_at, bound).text

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
        challenge = challenge_of(verifier)
        held = self._states.read(state, _bound_to(challenge, redirect, return_to), now)
        return OidcFlow(
            id=held.id,
            ends_at=held.ends_at,
            challenge=challenge,
            redirect=redirect,
            return_to=return_to,
        )

    @property
    def _states(self) -> ChallengeSeal:
        return ChallengeSeal(seal=self.seal, purpose="oidc state")


def _bound_to(challenge: str, redirect: str, return_to: str) -> str:
    return f"{challenge}\n{redirect}\n{return_to}"


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
