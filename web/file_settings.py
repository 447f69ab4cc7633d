"""What the settings of files say: which bucket keeps them, who looks for what is harmful."""

import re
import shlex
from urllib.parse import unquote, urlsplit

from domain.errors import InvalidInput
from files.bucket import BucketAccount
from files.scanners import ClamScanner, CommandScanner, Scanner

SCANNER = "BATTWHEELS_FILE_SCANNER"
PUBLIC = "BATTWHEELS_FILES_PUBLIC_URL"
BUCKET = "BATTWHEELS_FILES_URL"
BUCKET_FORM = "does not read as https://KEY:SECRET@HOST/BUCKET"
NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
CLAMD_PORT = 3310
FORM = "does not read as clamd://HOST:PORT or command:PROGRAM ARGUMENT"


def read_bucket(said: str | None, region: str, public: str | None = None) -> BucketAccount | None:
    """Give the bucket of the settings; None: a folder keeps what there is.

    Raises:
        InvalidInput: a part of it is missing or cannot be used.
    """
    if said is None:
        return None
    try:
        parts = urlsplit(said)
        host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    except ValueError as error:
        raise InvalidInput(BUCKET, BUCKET_FORM) from error
    bucket = parts.path.strip("/")
    known = parts.hostname and parts.username and parts.password and NAME.fullmatch(bucket)
    if parts.scheme not in {"http", "https"} or not known:
        raise InvalidInput(BUCKET, BUCKET_FORM)
    return BucketAccount(
        url=f"{parts.scheme}://{host}",
        bucket=bucket,
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        region=region,
        public_url=None if public is None else _address(public),
    )


def _address(said: str) -> str:
    try:
        parts = urlsplit(said)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise InvalidInput(PUBLIC, f"{said[:80]!r} does not read as https://HOST")
    return said.rstrip("/")


def read_scanner(said: str | None) -> Scanner | None:
    """Give the virus scanner of the setting; None: nobody looks.

    Raises:
        InvalidInput: it reads as none.
    """
    if said is None:
        return None
    scheme, _, rest = said.partition(":")
    if scheme == "command":
        return CommandScanner(_arguments_of(rest))
    if scheme == "clamd":
        return _clamd_of(said)
    raise InvalidInput(SCANNER, FORM)


def _arguments_of(said: str) -> tuple[str, ...]:
    try:
        found = tuple(shlex.split(said))
    except ValueError as error:
        raise InvalidInput(SCANNER, FORM) from error
    if not found:
        raise InvalidInput(SCANNER, FORM)
    return found


def _clamd_of(said: str) -> ClamScanner:
    try:
        parts = urlsplit(said)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInput(SCANNER, FORM) from error
    if not host:
        raise InvalidInput(SCANNER, FORM)
    return ClamScanner(host, port or CLAMD_PORT)
