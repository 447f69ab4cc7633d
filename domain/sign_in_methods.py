"""By what somebody came in, and for how many factors that counts."""

from enum import StrEnum

from domain.access import Role

# They reach what no password alone should: everybody's rights, and the books.
FAR_REACHING = frozenset({Role.ADMIN, Role.ACCOUNTANT})


class SignInMethod(StrEnum):
    """PASSWORD: something known; OIDC: another service's word; PASSKEY: a device that is opened."""

    PASSWORD = "password"  # noqa: S105 - the name of one way
    OIDC = "oidc"
    PASSKEY = "passkey"

    @property
    def two_factors(self) -> bool:
        """Whether nothing beside it has to be shown.

        A passkey is held, and is opened by a finger, a face or a PIN. What another service asked
        for is not known here.
        """
        return self is SignInMethod.PASSKEY
