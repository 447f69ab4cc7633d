"""The door for callers who are not known yet: a schema of its own, which holds nothing else.

Nobody can reach a garage's data from here, whatever document they send: it is not in this schema.
One verb a document: aliases do not multiply tries.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Annotated, Any, Protocol
from uuid import UUID

import strawberry
from strawberry.schema.config import StrawberryConfig

from access.oidc import new_flow
from access.passwords import LEAST, MOST
from access.sign_in import LONGEST_WORD, SignInRequest
from access.sign_in import SignedIn as Entry
from domain.deeds import NOWHERE, Origin
from domain.errors import InvalidInput, NotAuthenticated, TooMany
from domain.ids import OperationId, demand_timely
from domain.people import LONGEST_EMAIL
from domain.sessions import ClientKind
from resolvers.api import Api
from resolvers.arguments import OperationArgument, demand_size
from resolvers.cost import DocumentLimits
from resolvers.documents import Documents, QueryDocument
from resolvers.execution import LimitedExecution, UnloggedAnswers
from resolvers.oidc import (
    RANDOM_BITS,
    ChallengeArgument,
    OidcAnswerArgument,
    OidcUseCases,
    RedirectArgument,
    parse_challenge,
    parse_redirect,
    read_answer,
)
from resolvers.passkeys import PasskeyUseCases, read_assertion
from schema import choices, moments
from schema.passkeys import in_base64url
from schema.sign_in import (
    AcceptInvitationResult,
    OidcAddress,
    OidcAddressResult,
    PasskeyAssertionInput,
    PasskeyChallenge,
    PasskeyChallengeResult,
    PasswordRules,
    RefreshResult,
    SignedIn,
    SignInByOidcResult,
    SignInByPasskeyResult,
    SignInRefused,
    SignInResult,
    TooManySignIns,
    UnfitInput,
)

SMALL = DocumentLimits(
    depth=4,
    aliases=2,
    roots=1,
    directives=2,
    fragments=5,
    objects=10,
    fields=60,
    operations=1,
    variables=6,
    characters=4_000,
    tokens=300,
    anonymous_tokens=300,
    cached_bytes=1 << 20,
)
RETRY_SECONDS = 1.0
NO_PASSKEYS = "passkeys are not set up here"
NO_PROVIDER = "nobody signs in by another service here"


class SignInUseCases(Protocol):
    """What `access.sign_in.SignInDoor` does."""

    async def sign_in(self, email: str, password: str, request: SignInRequest) -> Entry: ...
    async def refresh(self, word: str, request: SignInRequest) -> Entry: ...
    async def accept_invitation(
        self, word: str, password: str, request: SignInRequest
    ) -> Entry: ...


@dataclass(slots=True, kw_only=True)
class SignInContext:
    """One request at the door.

    Attributes:
        oidc: lets in by another service's word; None: there is none.
        passkeys: lets in by a passkey; None: none are taken.
        cookie: the refresh token that the browser sent.
        kept: the refresh token that the browser is to keep.
    """

    door: SignInUseCases
    now: Callable[[], datetime]
    trace: str
    address: str
    origin: Origin = NOWHERE
    oidc: OidcUseCases | None = None
    passkeys: PasskeyUseCases | None = None
    browser: bool = False
    cookie: str | None = None
    kept: Entry | None = None
    signed_in: None = None
    document: QueryDocument | None = None
    degraded: list[str] = field(default_factory=list[str])

    def request(self, id: UUID, client: ClientKind) -> SignInRequest:
        """Give who asks; a browser is one whatever it says of itself.

        Raises:
            InvalidInput: the id tells a time to come.
        """
        now = self.now()
        demand_timely(id, now)
        kind = ClientKind.BROWSER if self.browser else client
        return SignInRequest(
            id=OperationId(str(id)),
            client=kind,
            address=self.address,
            at=now,
            origin=self.origin,
        )

    async def answer(self, work: Awaitable[Entry]) -> Any:  # noqa: ANN401 - a member of the unions
        try:
            found = await work
        except NotAuthenticated as error:
            return SignInRefused(message=f"{error}.")
        except TooMany as error:
            wait = max(1, ceil(error.retry_s or RETRY_SECONDS))
            return TooManySignIns(message=str(error), retry_after=wait)
        except InvalidInput as error:
            return UnfitInput(message=f"{error}. Nothing was changed.", field=error.field)
        native = found.client is ClientKind.NATIVE
        self.kept = None if native else found
        return SignedIn.from_domain(found, in_answer=native)

    @property
    def passkey_door(self) -> PasskeyUseCases:
        """The door by passkeys.

        Raises:
            NotAuthenticated: there is none.
        """
        if self.passkeys is None:
            raise NotAuthenticated(NO_PASSKEYS)
        return self.passkeys

    @property
    def provider(self) -> OidcUseCases:
        """The door by another service.

        Raises:
            NotAuthenticated: there is none.
        """
        if self.oidc is None:
            raise NotAuthenticated(NO_PROVIDER)
        return self.oidc


SignInInfo = strawberry.Info[SignInContext, None]
EmailArgument = Annotated[str, strawberry.argument(description="Your e-mail address.")]
PasswordArgument = Annotated[str, strawberry.argument(description="Your password.")]
NewPasswordArgument = Annotated[
    str, strawberry.argument(description="The password that you choose; see `passwordRules`.")
]
ClientArgument = Annotated[
    ClientKind,
    strawberry.argument(description="Where the refresh token is kept; pages get a cookie always."),
]
RefreshArgument = Annotated[
    str | None, strawberry.argument(description="The refresh token; null: that of the cookie.")
]
AssertionArgument = Annotated[
    PasskeyAssertionInput, strawberry.argument(description="What the passkey answered.")
]
WordArgument = Annotated[str, strawberry.argument(description="The word of the invitation.")]


@strawberry.type(description="What can be read without a token.")
class SignInQueries:
    @strawberry.field(description="What a new password has to be.")
    async def password_rules(self) -> PasswordRules:
        return PasswordRules(least=LEAST, most=MOST)

    @strawberry.field(description="What a passkey is to sign for somebody to come in by it.")
    async def passkey_challenge(self, info: SignInInfo) -> PasskeyChallengeResult:
        bits = secrets.randbits(RANDOM_BITS)
        try:
            made, party = info.context.passkey_door.challenge(info.context.now(), bits)
        except NotAuthenticated as error:
            return SignInRefused(message=f"{error}.")
        text = in_base64url(made.text.encode())
        return PasskeyChallenge(challenge=text, domain=party.id, ends_at=made.ends_at)

    @strawberry.field(
        description="Where to send a person who signs in by another service (OpenID Connect), from "
        "a program of their own. Browsers go to `/v1/sign-in/oidc/start` instead."
    )
    async def oidc_address(
        self, info: SignInInfo, challenge: ChallengeArgument, redirect_uri: RedirectArgument
    ) -> OidcAddressResult:
        now = info.context.now()
        try:
            bits = secrets.randbits(RANDOM_BITS)
            flow = new_flow(parse_challenge(challenge), parse_redirect(redirect_uri), now, bits)
            begun = await info.context.provider.begin(flow)
        except NotAuthenticated as error:
            return SignInRefused(message=f"{error}.")
        except InvalidInput as error:
            return UnfitInput(message=f"{error}. Nothing was changed.", field=error.field)
        return OidcAddress(url=begun.url, ends_at=begun.ends_at)


@strawberry.type(description="How somebody comes in.")
class SignInMutations:
    @strawberry.mutation(description="Begin a session with a password.")
    async def sign_in(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        email: EmailArgument,
        password: PasswordArgument,
        client: ClientArgument = ClientKind.NATIVE,
    ) -> SignInResult:
        context = info.context

        async def work() -> Entry:
            demand_size("email", email, LONGEST_EMAIL)
            demand_size("password", password, MOST)
            return await context.door.sign_in(
                email, password, context.request(operation_id, client)
            )

        return await context.answer(work())

    @strawberry.mutation(
        description="Give a refresh token for the next one and a fresh access token. It is good "
        "once: when it comes a second time under another operation id, its session ends."
    )
    async def refresh(
        self, info: SignInInfo, operation_id: OperationArgument, token: RefreshArgument = None
    ) -> RefreshResult:
        context = info.context

        async def work() -> Entry:
            client = ClientKind.NATIVE if token is not None else ClientKind.BROWSER
            word = token if token is not None else context.cookie
            if not word:
                raise NotAuthenticated("there is no refresh token; sign in")
            demand_size("token", word, LONGEST_WORD)
            return await context.door.refresh(word, context.request(operation_id, client))

        return await context.answer(work())

    @strawberry.mutation(description="Choose your password by an invitation, and be in.")
    async def accept_invitation(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        invitation: WordArgument,
        password: NewPasswordArgument,
        client: ClientArgument = ClientKind.NATIVE,
    ) -> AcceptInvitationResult:
        context = info.context

        async def work() -> Entry:
            demand_size("invitation", invitation, LONGEST_WORD)
            demand_size("password", password, MOST)
            request = context.request(operation_id, client)
            return await context.door.accept_invitation(invitation, password, request)

        return await context.answer(work())

    @strawberry.mutation(
        description="Begin a session by what another service answered at your address. Whoever was "
        "invited accepts the invitation by it."
    )
    async def sign_in_by_oidc(
        self, info: SignInInfo, operation_id: OperationArgument, answer: OidcAnswerArgument
    ) -> SignInByOidcResult:
        context = info.context

        async def work() -> Entry:
            request = context.request(operation_id, ClientKind.NATIVE)
            return await context.provider.finish(read_answer(answer), request)

        return await context.answer(work())

    @strawberry.mutation(
        description="Begin a session by a passkey: it is held and opened by its owner, so no "
        "second factor is asked for."
    )
    async def sign_in_by_passkey(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        assertion: AssertionArgument,
        client: ClientArgument = ClientKind.NATIVE,
    ) -> SignInByPasskeyResult:
        context = info.context

        async def work() -> Entry:
            said, request = read_assertion(assertion), context.request(operation_id, client)
            return await context.passkey_door.sign_in(said, request)

        return await context.answer(work())


def build_sign_in_api(*, introspection: bool) -> Api:
    """Give the schema of the door."""
    api = Api(
        query=SignInQueries,
        mutation=SignInMutations,
        config=StrawberryConfig(
            disable_field_suggestions=not introspection, scalar_map={**moments.SCALARS}
        ),
        extensions=[LimitedExecution, UnloggedAnswers],
    )
    api.documents = Documents(api.types, introspection=introspection, limits=SMALL)
    choices.describe_enums(api.types)
    return api
