"""The door for callers who are not known yet: a schema of its own, which holds nothing else.

Nobody can reach a garage's data from here, whatever document they send: it is not in this schema.
One verb a document: aliases do not multiply tries.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

import strawberry
from strawberry.schema.config import StrawberryConfig

from access import oidc
from access.challenges import SealedChallenge
from access.one_time_codes import LONGEST_CODE
from access.passkey_domains import RelyingParty
from access.password_changes import PasswordChange
from access.passwords import LEAST, MOST
from access.second_factors import NO_CHALLENGE, SignInChallenge
from access.sign_in import Entry
from access.sign_in import SignedIn as Admission
from access.sign_in_tries import LONGEST_WORD, SignInRequest
from domain.deeds import NOWHERE, Origin
from domain.errors import InvalidInput, NotAuthenticated, TooMany
from domain.ids import OperationId, demand_timely
from domain.people import LONGEST_EMAIL
from domain.sessions import ClientKind
from resolvers.api import Api
from resolvers.arguments import OperationArgument, demand_size
from resolvers.document_limits import DocumentLimits
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
    ChangePasswordResult,
    ConfirmSecondFactorResult,
    EnrolSecondFactorResult,
    OidcAddress,
    OidcAddressResult,
    OwedSecondFactorResult,
    PasskeyAssertionInput,
    PasskeyChallenge,
    PasskeyChallengeResult,
    PasswordChanged,
    PasswordChangeInput,
    PasswordReset,
    PasswordResetRequested,
    PasswordRules,
    RecoveryCodesRenewed,
    RefreshResult,
    RemoveSecondFactorResult,
    RenewRecoveryCodesResult,
    RequestPasswordResetResult,
    ResetPasswordResult,
    SecondFactorDemanded,
    SecondFactorOffered,
    SecondFactorRemoved,
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
REQUESTED = (
    "If this is the address of somebody who may come in, a word is on its way to it by mail. It is "
    "good once, for half an hour: give it to resetPassword. If none comes, ask whoever looks after "
    "this service."
)
REMOVED = (
    "You are out on every device. Your password alone lets you in, unless your work demands a "
    "second factor."
)
RESET = "Your new password counts. You are out on every device: sign in with it."

NO_PASSKEYS = "passkeys are not set up here"
NO_PROVIDER = "nobody signs in by another service here"

T = TypeVar("T")


class PasswordResetUseCases(Protocol):
    """What `access.password_resets.PasswordResets` does."""

    async def request(self, email: str, request: SignInRequest) -> None: ...
    async def reset(self, word: str, password: str, request: SignInRequest) -> None: ...


class PasswordChangeUseCases(Protocol):
    """What `access.password_changes.PasswordChanges` does."""

    async def change(self, change: PasswordChange, request: SignInRequest) -> None: ...


class SignInUseCases(Protocol):
    """What `access.sign_in.SignInDoor` does."""

    @property
    def resets(self) -> PasswordResetUseCases: ...
    @property
    def changes(self) -> PasswordChangeUseCases: ...
    async def sign_in(
        self, email: str, password: str, request: SignInRequest, *, enrol: bool = False
    ) -> Entry: ...
    async def confirm(self, word: str, code: str, request: SignInRequest) -> Admission: ...
    async def owed(self, word: str, now: datetime) -> SignInChallenge: ...
    async def remove_factor(self, word: str, code: str, request: SignInRequest) -> None: ...
    async def renew_codes(self, word: str, code: str, request: SignInRequest) -> Sequence[str]: ...
    async def refresh(self, word: str, request: SignInRequest) -> Admission: ...
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
        owed: the word by which its person owes a code, whom another service sent back.
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
    owed: str | None = None
    kept: Admission | None = None
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

    async def answer(self, work: Awaitable[T], told: Callable[[T], object]) -> Any:  # noqa: ANN401 - a member of the unions
        """Give what is told of the work, or why it was refused."""
        try:
            return told(await work)
        except NotAuthenticated as error:
            return SignInRefused(message=f"{error}.")
        except TooMany as error:
            wait = max(1, ceil(error.retry_s or RETRY_SECONDS))
            return TooManySignIns(message=str(error), retry_after=wait)
        except InvalidInput as error:
            return UnfitInput(message=f"{error}. Nothing was changed.", field=error.field)

    def enter(self, found: Entry) -> SignedIn | SecondFactorDemanded | SecondFactorOffered:
        """Give the tokens, or what is owed before there are any."""
        return _told_owed(found) if isinstance(found, SignInChallenge) else self.let_in(found)

    def let_in(self, found: Admission) -> SignedIn:
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
OwedArgument = Annotated[
    str, strawberry.argument(description="The word of `SecondFactorDemanded` or `…Offered`.")
]
CodeArgument = Annotated[
    str, strawberry.argument(description="Six digits of your telephone, or a recovery code.")
]
ChangeArgument = Annotated[
    PasswordChangeInput, strawberry.argument(description="Who you are, and what you choose.")
]
ResetArgument = Annotated[str, strawberry.argument(description="The word that came by mail.")]


def _told_owed(owed: SignInChallenge) -> SecondFactorDemanded | SecondFactorOffered:
    if owed.secret is None:
        return SecondFactorDemanded.from_domain(owed)
    return SecondFactorOffered.from_domain(owed)


def _told_challenge(made: tuple[SealedChallenge, RelyingParty]) -> PasskeyChallenge:
    challenge, party = made
    return PasskeyChallenge(
        challenge=in_base64url(challenge.text.encode()), domain=party.id, ends_at=challenge.ends_at
    )


@strawberry.type(description="What can be read without a token.")
class SignInQueries:
    @strawberry.field(description="What a new password has to be.")
    async def password_rules(self) -> PasswordRules:
        return PasswordRules(least=LEAST, most=MOST)

    @strawberry.field(description="What a passkey is to sign for somebody to come in by it.")
    async def passkey_challenge(self, info: SignInInfo) -> PasskeyChallengeResult:
        context = info.context

        async def work() -> tuple[SealedChallenge, RelyingParty]:
            bits = secrets.randbits(RANDOM_BITS)
            return context.passkey_door.challenge(context.now(), bits)

        return await context.answer(work(), _told_challenge)

    @strawberry.field(
        description="What the person of a browser owes that another service sent back without "
        "a session: give the challenge with its code to `confirmSecondFactor`."
    )
    async def owed_second_factor(self, info: SignInInfo) -> OwedSecondFactorResult:
        context = info.context

        async def work() -> SignInChallenge:
            if not context.owed:
                raise NotAuthenticated(NO_CHALLENGE)
            demand_size("challenge", context.owed, LONGEST_WORD)
            return await context.door.owed(context.owed, context.now())

        return await context.answer(work(), _told_owed)

    @strawberry.field(
        description="Where to send a person who signs in by another service (OpenID Connect), from "
        "a program of their own. Browsers go to `/v1/sign-in/oidc/start` instead."
    )
    async def oidc_address(
        self, info: SignInInfo, challenge: ChallengeArgument, redirect_uri: RedirectArgument
    ) -> OidcAddressResult:
        context = info.context

        async def work() -> oidc.OidcAddress:
            now, bits = context.now(), secrets.randbits(RANDOM_BITS)
            begun = parse_challenge(challenge), parse_redirect(redirect_uri)
            flow = oidc.new_flow(*begun, now, bits)
            return await context.provider.begin(flow)

        return await context.answer(
            work(), lambda begun: OidcAddress(url=begun.url, ends_at=begun.ends_at)
        )


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

        return await context.answer(work(), context.enter)

    @strawberry.mutation(
        description="Give the code that is owed beside the password, of your telephone or a "
        "recovery code, and be in. Each code is good once."
    )
    async def confirm_second_factor(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        challenge: OwedArgument,
        code: CodeArgument,
        client: ClientArgument = ClientKind.NATIVE,
    ) -> ConfirmSecondFactorResult:
        context = info.context

        async def work() -> Admission:
            request = _code_request(context, operation_id, challenge, code, client)
            return await context.door.confirm(challenge, code, request)

        return await context.answer(work(), context.let_in)

    @strawberry.mutation(
        description="Ask for a second factor, by your password; `confirmSecondFactor` shows that "
        "your telephone has it. From then on a code is demanded of you; your other sessions end."
    )
    async def enrol_second_factor(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        email: EmailArgument,
        password: PasswordArgument,
    ) -> EnrolSecondFactorResult:
        context = info.context

        async def work() -> Entry:
            demand_size("email", email, LONGEST_EMAIL)
            demand_size("password", password, MOST)
            request = context.request(operation_id, ClientKind.NATIVE)
            return await context.door.sign_in(email, password, request, enrol=True)

        return await context.answer(work(), context.enter)

    @strawberry.mutation(
        description="Take your second factor away, by the challenge of `signIn` and a code of it."
    )
    async def remove_second_factor(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        challenge: OwedArgument,
        code: CodeArgument,
    ) -> RemoveSecondFactorResult:
        context = info.context

        async def work() -> None:
            request = _code_request(context, operation_id, challenge, code)
            await context.door.remove_factor(challenge, code, request)

        return await context.answer(work(), lambda _: SecondFactorRemoved(message=REMOVED))

    @strawberry.mutation(
        description="Have new recovery codes in the place of all before, by the challenge of "
        "`signIn` and a code."
    )
    async def renew_recovery_codes(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        challenge: OwedArgument,
        code: CodeArgument,
    ) -> RenewRecoveryCodesResult:
        context = info.context

        async def work() -> Sequence[str]:
            request = _code_request(context, operation_id, challenge, code)
            return await context.door.renew_codes(challenge, code, request)

        return await context.answer(
            work(), lambda codes: RecoveryCodesRenewed(recovery_codes=list(codes))
        )

    @strawberry.mutation(
        description="Give a refresh token for the next one and a fresh access token. It is good "
        "once: when it comes a second time under another operation id, its session ends."
    )
    async def refresh(
        self, info: SignInInfo, operation_id: OperationArgument, token: RefreshArgument = None
    ) -> RefreshResult:
        context = info.context

        async def work() -> Admission:
            client = ClientKind.NATIVE if token is not None else ClientKind.BROWSER
            word = token if token is not None else context.cookie
            if not word:
                raise NotAuthenticated("there is no refresh token; sign in")
            demand_size("token", word, LONGEST_WORD)
            return await context.door.refresh(word, context.request(operation_id, client))

        return await context.answer(work(), context.let_in)

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

        return await context.answer(work(), context.enter)

    @strawberry.mutation(
        description="Have a word sent by which you may choose a new password. What is answered, "
        "and how soon, tells nobody whether there is such an account."
    )
    async def request_password_reset(
        self, info: SignInInfo, operation_id: OperationArgument, email: EmailArgument
    ) -> RequestPasswordResetResult:
        context = info.context

        async def work() -> None:
            demand_size("email", email, LONGEST_EMAIL)
            request = context.request(operation_id, ClientKind.NATIVE)
            await context.door.resets.request(email, request)

        return await context.answer(work(), lambda _: PasswordResetRequested(message=REQUESTED))

    @strawberry.mutation(
        description="Choose a new password by the word that came by mail; all your sessions end."
    )
    async def reset_password(
        self,
        info: SignInInfo,
        operation_id: OperationArgument,
        word: ResetArgument,
        password: NewPasswordArgument,
    ) -> ResetPasswordResult:
        context = info.context

        async def work() -> None:
            demand_size("word", word, LONGEST_WORD)
            demand_size("password", password, MOST)
            request = context.request(operation_id, ClientKind.NATIVE)
            await context.door.resets.reset(word, password, request)

        return await context.answer(work(), lambda _: PasswordReset(message=RESET))

    @strawberry.mutation(
        description="Change your password by the old one, and by a code where you have a second "
        "factor; all your sessions end, and a letter tells you."
    )
    async def change_password(
        self, info: SignInInfo, operation_id: OperationArgument, change: ChangeArgument
    ) -> ChangePasswordResult:
        context = info.context

        async def work() -> None:
            request = context.request(operation_id, ClientKind.NATIVE)
            await context.door.changes.change(_read_change(change), request)

        return await context.answer(work(), lambda _: PasswordChanged(message=RESET))

    @strawberry.mutation(
        description="Begin a session by what another service answered at your address, or hear "
        "what is owed beside it. Whoever was invited accepts the invitation by it."
    )
    async def sign_in_by_oidc(
        self, info: SignInInfo, operation_id: OperationArgument, answer: OidcAnswerArgument
    ) -> SignInByOidcResult:
        context = info.context

        async def work() -> Entry:
            request = context.request(operation_id, ClientKind.NATIVE)
            return await context.provider.finish(read_answer(answer), request)

        return await context.answer(work(), context.enter)

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

        async def work() -> Admission:
            said, request = read_assertion(assertion), context.request(operation_id, client)
            return await context.passkey_door.sign_in(said, request)

        return await context.answer(work(), context.let_in)


def _code_request(
    context: SignInContext,
    id: UUID,
    challenge: str,
    code: str,
    client: ClientKind = ClientKind.NATIVE,
) -> SignInRequest:
    """Give who asks with a code.

    Raises:
        InvalidInput: the word or the code is too long or empty, or the id tells a time to come.
    """
    demand_size("challenge", challenge, LONGEST_WORD)
    demand_size("code", code, LONGEST_CODE)
    return context.request(id, client)


def _read_change(change: PasswordChangeInput) -> PasswordChange:
    """Read who changes their password.

    Raises:
        InvalidInput: a word of it is empty or too long.
    """
    demand_size("email", change.email, LONGEST_EMAIL)
    demand_size("password", change.password, MOST)
    demand_size("newPassword", change.new_password, MOST)
    if change.code is not None:
        demand_size("code", change.code, LONGEST_CODE)
    return PasswordChange(
        email=change.email, old=change.password, new=change.new_password, code=change.code
    )


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
