"""What the door for callers who are not known yet answers."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from access import sign_in
from access.second_factors import SignInChallenge
from domain.access import Role


@strawberry.type(description="What a new password has to be.")
class PasswordRules:
    least: int = field(description="It has so many characters at least.")
    most: int = field(description="It has so many characters at most.")


@strawberry.type(description="You are in. Send the token as `Authorization: Bearer TOKEN`.")
class SignedIn:
    person: strawberry.ID = field(description="Your id.")
    role: Role = field(description="As what you work.")
    garage: strawberry.ID | None = field(description="Key of your garage, if you have one.")
    access_token: str = field(description="Says who you are, for fifteen minutes.")
    expires_at: datetime = field(description="When the access token ends; refresh it before.")
    refresh_token: str | None = field(
        description="Good once, for the next access token; null in browsers, which keep it in a "
        "cookie that no page can read."
    )
    session_ends_at: datetime = field(
        description="When the session ends in any case; a day without any use ends it too."
    )
    recovery_codes: list[str] | None = field(
        description="Ten codes, each good once in the place of a telephone's: keep them on paper. "
        "Given when a second factor is new, else null."
    )

    @classmethod
    def from_domain(cls, value: sign_in.SignedIn, *, in_answer: bool) -> Self:
        duty = value.person.duty
        return cls(
            person=strawberry.ID(value.person.id),
            role=duty.role,
            garage=None if duty.garage is None else strawberry.ID(duty.garage),
            access_token=value.access_token,
            expires_at=value.expires_at,
            refresh_token=value.refresh_token if in_answer else None,
            session_ends_at=value.session_ends_at,
            recovery_codes=list(value.recovery_codes) or None,
        )


@strawberry.type(
    description="You showed one factor, and a code is owed beside it: give it to "
    "`confirmSecondFactor`, or to what else is done with a second factor."
)
class SecondFactorDemanded:
    challenge: str = field(description="The word that goes with the code; good once.")
    expires_at: datetime = field(description="Until when.")

    @classmethod
    def from_domain(cls, value: SignInChallenge) -> Self:
        return cls(challenge=value.word, expires_at=value.expires_at)


@strawberry.type(
    description="You showed one factor, and are to have a second one: put the secret into "
    "an app that makes codes (TOTP), and give its code to `confirmSecondFactor`."
)
class SecondFactorOffered:
    challenge: str = field(description="The word that goes with the code; good once.")
    expires_at: datetime = field(description="Until when.")
    secret: str = field(description="In base 32: SHA-1, 6 digits, 30 seconds.")
    uri: str = field(description="The same as `otpauth:`, to be shown as a QR code.")

    @classmethod
    def from_domain(cls, value: SignInChallenge) -> Self:
        return cls(
            challenge=value.word,
            expires_at=value.expires_at,
            secret=value.secret or "",
            uri=value.uri or "",
        )


@strawberry.type(description="You have no second factor any more; a letter tells you so.")
class SecondFactorRemoved:
    message: str = field(description="What comes next.")


@strawberry.type(description="The recovery codes of before are good no more.")
class RecoveryCodesRenewed:
    recovery_codes: list[str] = field(
        description="Ten codes, each good once in the place of a telephone's: keep them on paper."
    )


@strawberry.type(description="You are not in; the same whether there is such an account or not.")
class SignInRefused:
    message: str = field(description="What to do next.")


@strawberry.type(description="Too many tries, of this account or from this address.")
class TooManySignIns:
    message: str = field(description="What to do next.")
    retry_after: int = field(description="Seconds until another try is looked at.")


@strawberry.type(description="The password or an id is not as it has to be; nothing was changed.")
class UnfitInput:
    message: str = field(description="What is wrong and what to do next.")
    field: str = strawberry.field(description="Which value.")


@strawberry.type(
    description="We heard you; the same for every address. If it is of somebody who may come in, "
    "and a mail server is set, a word is on its way to it."
)
class PasswordResetRequested:
    message: str = field(description="What to do next.")


@strawberry.type(description="The new password counts, and you are out on every device: sign in.")
class PasswordReset:
    message: str = field(description="What to do next.")


@strawberry.input(description="A password in the place of the old one.")
class PasswordChangeInput:
    email: str = field(description="Your e-mail address.")
    password: str = field(description="Your password as it is now.")
    new_password: str = field(description="The password that you choose; see `passwordRules`.")
    code: str | None = field(
        default=None,
        description="A code of your telephone or a recovery code, if you have a second factor.",
    )


@strawberry.type(description="The new password counts, and you are out on every device: sign in.")
class PasswordChanged:
    message: str = field(description="What to do next.")


RequestPasswordResetResult = Annotated[
    PasswordResetRequested | TooManySignIns | UnfitInput,
    strawberry.union("RequestPasswordResetResult", description="That you were heard, or not yet."),
]
ResetPasswordResult = Annotated[
    PasswordReset | SignInRefused | TooManySignIns | UnfitInput,
    strawberry.union("ResetPasswordResult", description="That it counts, or why it does not."),
]
ChangePasswordResult = Annotated[
    PasswordChanged | SignInRefused | TooManySignIns | UnfitInput,
    strawberry.union("ChangePasswordResult", description="That it counts, or why it does not."),
]
ConfirmSecondFactorResult = Annotated[
    SignedIn | SignInRefused | TooManySignIns | UnfitInput,
    strawberry.union("ConfirmSecondFactorResult", description="The tokens, or why not."),
]
EnrolSecondFactorResult = Annotated[
    SecondFactorOffered | SignInRefused | TooManySignIns | UnfitInput,
    strawberry.union("EnrolSecondFactorResult", description="A secret, or why there is none."),
]
RemoveSecondFactorResult = Annotated[
    SecondFactorRemoved | SignInRefused | TooManySignIns | UnfitInput,
    strawberry.union("RemoveSecondFactorResult", description="That it is gone, or why not."),
]
RenewRecoveryCodesResult = Annotated[
    RecoveryCodesRenewed | SignInRefused | TooManySignIns | UnfitInput,
    strawberry.union("RenewRecoveryCodesResult", description="New codes, or why not."),
]
SignInResult = Annotated[
    SignedIn
    | SecondFactorDemanded
    | SecondFactorOffered
    | SignInRefused
    | TooManySignIns
    | UnfitInput,
    strawberry.union("SignInResult", description="The tokens, or why there are none."),
]
RefreshResult = Annotated[
    SignedIn | SignInRefused | UnfitInput,
    strawberry.union("RefreshResult", description="The next tokens, or why there are none."),
]
AcceptInvitationResult = Annotated[
    SignedIn
    | SecondFactorOffered
    | SecondFactorDemanded
    | SignInRefused
    | TooManySignIns
    | UnfitInput,
    strawberry.union("AcceptInvitationResult", description="The tokens, or why not."),
]


@strawberry.type(description="Where a person signs in by another service.")
class OidcAddress:
    url: str = field(description="Open it in the person's browser.")
    ends_at: datetime = field(description="Until when the answer is taken, once.")


@strawberry.input(description="What the other service answered, and what shows that you began.")
class OidcAnswerInput:
    code: str = field(description="`code` of the answer.")
    state: str = field(description="`state` of the answer.")
    issuer: str | None = field(default=None, description="`iss` of the answer, where it has one.")
    verifier: str = field(description="The verifier of the challenge that you began with.")
    redirect_uri: str = field(description="Where you listened, as you said when you began.")


@strawberry.type(
    description="What `navigator.credentials.get` is to be given; ask for the user's verification, "
    "and name no credential: the device knows whose it is."
)
class PasskeyChallenge:
    challenge: str = field(description="`challenge`, in base64url: signed once.")
    domain: str = field(description="`rpId`.")
    ends_at: datetime = field(description="Until when it is taken: five minutes.")


@strawberry.input(description="What a passkey answered; bytes are in base64url.")
class PasskeyAssertionInput:
    credential: str = field(description="`rawId`; at most 683 characters.")
    client_data: str = field(description="`response.clientDataJSON`; at most 1,400 characters.")
    authenticator_data: str = field(
        description="`response.authenticatorData`; at most 400 characters."
    )
    signature: str = field(description="`response.signature`; at most 700 characters.")
    user_handle: str = field(description="`response.userHandle`; at most 86 characters.")


PasskeyChallengeResult = Annotated[
    PasskeyChallenge | SignInRefused,
    strawberry.union("PasskeyChallengeResult", description="What to sign, or why not."),
]
SignInByPasskeyResult = Annotated[
    SignedIn | SignInRefused | TooManySignIns | UnfitInput,
    strawberry.union("SignInByPasskeyResult", description="The tokens, or why there are none."),
]
OidcAddressResult = Annotated[
    OidcAddress | SignInRefused | UnfitInput,
    strawberry.union("OidcAddressResult", description="Where to go, or why not."),
]
SignInByOidcResult = Annotated[
    SignedIn
    | SecondFactorDemanded
    | SecondFactorOffered
    | SignInRefused
    | TooManySignIns
    | UnfitInput,
    strawberry.union("SignInByOidcResult", description="The tokens, or why there are none."),
]
OwedSecondFactorResult = Annotated[
    SecondFactorDemanded | SecondFactorOffered | SignInRefused | UnfitInput,
    strawberry.union("OwedSecondFactorResult", description="What is owed, or that nothing is."),
]
