"""The settings of another service that people sign in by: all of them, or none."""

from access.provider_accounts import ProviderAccount
from web.joint_settings import demand_base, read_together

ISSUER, CLIENT, SECRET = (
    "BATTWHEELS_OIDC_ISSUER",
    "BATTWHEELS_OIDC_CLIENT",
    "BATTWHEELS_OIDC_SECRET",
)
PUBLIC_URL = "BATTWHEELS_PUBLIC_URL"
LONGEST = 500
FORM = "has to read as https://HOST for people to sign in by it"


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
    said = read_together({ISSUER: issuer, CLIENT: client, SECRET: secret}, LONGEST)
    if said is None:
        return None
    for name, url in {ISSUER: said[ISSUER], PUBLIC_URL: public_url or ""}.items():
        demand_base(name, url, FORM, production=production)
    return ProviderAccount(
        issuer=said[ISSUER], client=said[CLIENT], secret=said[SECRET], loopback=not production
    )
