"""Signing in by another service (OpenID Connect): its word for an e-mail address that we know.

Nobody is made by it. The first time somebody is found by an address that the service has verified,
who was invited by it or is one of us; from then on by the service's own name for them alone, since
addresses are handed on. Whoever owes a code gives it beside that word, as beside a password.
Whatever is wrong hears the same.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx

from access.id_tokens import ProviderIdentity
from access.identity_provider import SCOPE, CodeGrant, IdentityProvider
from access.oidc_flows import FLOW_TIME, FlowSeal, OidcFlow
from access.sign_in import Entry, SignInDoor
from access.sign_in_tries import SignInRequest
from domain.errors import NotAuthenticated, TooMany
from domain.ids import uuid7
from domain.people import Person, PersonState
from domain.sign_in_methods import SignInMethod
from records import oidc as records
from records import people
from records.database import Connection
from records.oidc import IdentityMark, OidcStore
from records.people import SealedPerson

REFUSED = "the other service's word was not accepted; begin again, or ask who invited you"


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcAddress:
    """Where somebody goes to sign in, and until when they may come back."""

    url: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcAnswer:
    """What somebody brings back from the other service, and what shows that they began.

    Attributes:
        issuer: whom the answer says it is of (RFC 9207), where it does.
        verifier: of the challenge that they began with.
        redirect, return_to: as they were when they began.
    """

    code: str = field(repr=False)
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect: str
    issuer: str | None = None
    return_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcDoor:
    """`callback` is the address at which browsers come back."""

    door: SignInDoor
    provider: IdentityProvider
    store: OidcStore
    flows: FlowSeal
    callback: str

    async def begin(self, flow: OidcFlow) -> OidcAddress:
        """Give where to go; nothing is written.

        Raises:
            Unavailable: the service does not answer.
        """
        document = await self.provider.document()
        asked = {
            "response_type": "code",
            "client_id": self.provider.account.client,
            "redirect_uri": flow.redirect,
            "scope": SCOPE,
            "state": self.flows.state(flow),
            "nonce": self.flows.nonce(flow),
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
        url = httpx.URL(document.authorization_endpoint).copy_merge_params(asked)
        return OidcAddress(url=str(url), ends_at=flow.ends_at)

    async def finish(self, answer: OidcAnswer, request: SignInRequest) -> Entry:
        """Begin a session by what somebody brings back, or give what is owed beside it; the same
        operation gives the same.

        Raises:
            NotAuthenticated: wrong, over, used, of somebody else, unknown here or suspended: one
                answer for all.
            TooMany: too often from this address of late.
            Unavailable: the service does not answer; the sign-in has to be begun again.
        """
        request = replace(request, method=SignInMethod.OIDC)
        try:
            flow = self.flows.read(
                answer.state,
                verifier=answer.verifier,
                redirect=answer.redirect,
                return_to=answer.return_to,
                now=request.at,
            )
            await self.door.counter.demand_patience([], request)
            if not await self.store.end_flow(flow.id, request.id, request.at):
                return await self._come_again(flow, request)
            await self._demand_issuer(answer)
            identity = await self.provider.identity(self._grant(answer, flow), request.at)
        except (NotAuthenticated, TooMany) as error:
            self.door.counter.note_refused(None, request, error)
            raise _told(error) from error
        return await self._let_in(identity, flow, request)

    async def _come_again(self, flow: OidcFlow, request: SignInRequest) -> Entry:
        """The answer may have been lost: whoever holds the verifier and the operation is in."""
        async with self.door.records.transaction() as connection:
            found = await records.hold_comer(connection, flow.id, request.id)
            if found is None or found.person.state is not PersonState.ACTIVE:
                raise NotAuthenticated(REFUSED)
            return await self.door.enter(connection, found, request)

    async def _demand_issuer(self, answer: OidcAnswer) -> None:
        """Let no other service's answer pass for this one's (RFC 9207)."""
        document = await self.provider.document()
        told = document.authorization_response_iss_parameter_supported
        if (told or answer.issuer is not None) and answer.issuer != document.issuer:
            raise NotAuthenticated("the answer is of another service")

    def _grant(self, answer: OidcAnswer, flow: OidcFlow) -> CodeGrant:
        return CodeGrant(
            code=answer.code,
            verifier=answer.verifier,
            redirect=flow.redirect,
            nonce=self.flows.nonce(flow),
        )

    async def _let_in(
        self, identity: ProviderIdentity, flow: OidcFlow, request: SignInRequest
    ) -> Entry:
        whom: Person | None = None
        try:
            async with self.door.records.transaction() as connection:
                held = await self._held(connection, identity, request.at)
                whom = None if held is None else held.person
                admitted = await self._admitted(connection, held, request.at)
                await records.keep_comer(connection, flow.id, admitted.person.id)
                entry = await self.door.enter(connection, admitted, request)
        except NotAuthenticated as error:
            self.door.counter.note_refused(whom, request, error)
            raise _told(error) from error
        await self.door.counter.take_back(request)
        return entry

    async def _held(
        self, connection: Connection, identity: ProviderIdentity, now: datetime
    ) -> SealedPerson | None:
        """Give whom the service means, locked: by its own name, the first time by address."""
        name = f"{identity.issuer}\n{identity.subject}"
        mark = self.door.seal.vault.mark("provider identity", name)
        known = IdentityMark(mark=mark, issuer=identity.issuer)
        found = await records.hold_known(connection, known)
        if found is not None or identity.email is None:
            return found
        found = await records.hold_by_email(connection, self.door.seal.mark(identity.email))
        if found is None or await records.link(connection, known, found.person.id, now):
            return found
        # Somebody came at the same moment, or the service knows this person by another name.
        return await records.hold_known(connection, known)

    async def _admitted(
        self, connection: Connection, held: SealedPerson | None, now: datetime
    ) -> SealedPerson:
        """Give who may come in; whoever was invited has accepted by this.

        Raises:
            NotAuthenticated: nobody; what was linked for them is undone with the transaction.
        """
        if held is None:
            raise NotAuthenticated(REFUSED)
        person = held.person
        if person.state is PersonState.ACTIVE:
            return held
        waits = person.state is PersonState.INVITED
        if not waits or not await records.is_invited(connection, person.id, now):
            raise NotAuthenticated(REFUSED)
        return await people.accept(connection, person.id, now)


def new_flow(
    challenge: str, redirect: str, now: datetime, randomness: int, return_to: str = ""
) -> OidcFlow:
    """Give a sign-in that begins now, out of 74 random bits."""
    return OidcFlow(
        id=uuid7(now, randomness),
        ends_at=(now + FLOW_TIME).replace(microsecond=0),
        challenge=challenge,
        redirect=redirect,
        return_to=return_to,
    )


def _told(error: NotAuthenticated | TooMany) -> NotAuthenticated | TooMany:
    """Give what is said at the door: why somebody is refused is nobody's business."""
    return error if isinstance(error, TooMany) else NotAuthenticated(REFUSED)
