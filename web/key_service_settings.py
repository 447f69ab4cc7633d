"""The settings of a key management service that keeps the master key: all of them, or none."""

import re

from access.key_service_accounts import SETTING as URL
from access.key_service_accounts import KeyServiceAccount
from domain.errors import InvalidInput
from web.joint_settings import demand_base, read_together

TOKEN, KEY = "BATTWHEELS_KEY_SERVICE_TOKEN", "BATTWHEELS_KEY_SERVICE_KEY"
LONGEST = 2_000
FORM = "has to read as https://HOST or https://HOST/v1/PATH"
USUAL_KEY = "battwheels"
USUAL_PATH = "/v1/transit"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,63}")
HOST_ALONE = re.compile(r"https?://[^/]+")


def read_key_service(
    url: str | None, key: str | None, token: str | None, *, production: bool
) -> KeyServiceAccount | None:
    """Read where the service is and as whom it knows us; None: the setting keeps the master key.

    Raises:
        InvalidInput: one of them is missing, or is no address that may be asked.
    """
    said = read_together({URL: url, TOKEN: token, KEY: key}, LONGEST, optional={KEY})
    if said is None:
        return None
    demand_base(URL, said[URL], FORM, production=production)
    named = said.get(KEY, USUAL_KEY)
    if not NAME.fullmatch(named):
        raise InvalidInput(KEY, "is letters, digits, - and _, up to 64")
    base = said[URL].rstrip("/")
    place = f"{base}{USUAL_PATH}" if HOST_ALONE.fullmatch(base) else base
    return KeyServiceAccount(url=place, key=named, token=said[TOKEN])
