"""What signs access tokens and cursors: the secret of the settings, or one of development's own."""

import secrets

from access.tokens import AccessTokens
from domain.errors import UnsafeSetting
from web.local import files
from web.local.home import StoreHome
from web.settings import Settings

SECRET_BYTES = 48


def build_tokens(settings: Settings) -> AccessTokens:
    return AccessTokens(token_secret(settings))


def token_secret(settings: Settings) -> bytes:
    """Give the secret that tokens and cursors are signed with.

    Development makes a secret of its own and keeps it in the home.

    Raises:
        UnsafeSetting: production without a secret.
    """
    if settings.token_secret is not None:
        return settings.token_secret.encode()
    if settings.production:
        raise UnsafeSetting("BATTWHEELS_TOKEN_SECRET", "is needed in production")
    path = StoreHome.at(settings.home).secret("tokens")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = files.read_or_create(path, lambda: secrets.token_urlsafe(SECRET_BYTES))
    return kept.strip().encode()
