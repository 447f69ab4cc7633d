"""What the settings of files say: who looks for what is harmful."""

import shlex
from urllib.parse import urlsplit

from domain.errors import InvalidInput
from files.scanners import ClamScanner, CommandScanner, Scanner

SCANNER = "BATTWHEELS_FILE_SCANNER"
CLAMD_PORT = 3310
FORM = "does not read as clamd://HOST:PORT or command:PROGRAM ARGUMENT"


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
