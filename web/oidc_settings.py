"""The settings of another service that people sign in by: all of them, or none."""

from access.provider_accounts import ProviderAccount, is_safe
from domain.errors import InvalidInput

ISSUER, CLIENT, SECRET = (
    "BATTWHEELS_OIDC_ISSUER",
    "BATTWHEELS_OIDC_CLIENT",
    "BATTWHEELS_OIDC_SECRET",
)
PUBLIC_URL = "BATTWHEELS_PUBLIC_URL"
LONGEST = 500


def read_account(
    issuer: str | None,
    client: str | None,
    secret: str | None,
    *,
    production: bool,
    public_url: str | None,
) -> ProviderAccount | None:
    """Read as whom the other service knows us; None: nobody signs in by another one.

    Raises:
        InvalidInput: one of them is missing, or is no address that may be asked.
    """
    given = {ISSUER: issuer, CLIENT: client, SECRET: secret}
    said = {name: value for name, value in given.items() if value}
    if not said:
        return None
    for name in given:
        if not 1 <= len(said.get(name, "")) <= LONGEST:
            raise InvalidInput(name, f"is needed beside {next(iter(said))}, up to {LONGEST} long")
    for name, url in {ISSUER: said[ISSUER], PUBLIC_URL: public_url or ""}.items():
        if not is_safe(url, loopback=not production):
            raise InvalidInput(name, "has to read as https://HOST for people to sign in by it")
    return ProviderAccount(
        issuer=said[ISSUER], client=said[CLIENT], secret=said[SECRET], loopback=not production
    )
