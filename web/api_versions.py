"""The API's version: the major stands in the path, the minor in `X-API-Version` (AP-3).

A minor only adds, so all of them are served by the one schema: the header tells a client how much
of it there is. Who asks for a minor that is not known here, since it comes later, gets the nearest
lower one and reads in the answer which.
"""

import re
from collections.abc import Sequence

from domain.errors import InvalidInput

HEADER = "x-api-version"
MAJOR = 1
# docs/partners.md says what each added; the last is the one of now.
MINORS = (0, 1, 2)
PREFIX = f"/v{MAJOR}/"
WRITTEN = re.compile(r"([0-9]{1,4})\.([0-9]{1,6})", re.ASCII)


def choose_minor(asked: int, known: Sequence[int] = MINORS) -> int:
    """Give the asked minor, or the nearest lower one that is known."""
    return max((one for one in known if one <= asked), default=known[0])


def choose_version(asked: str | None) -> str:
    """Give the version that answers what a header asks; None asks for the newest.

    Raises:
        InvalidInput: it does not read as a version, or is of another major.
    """
    if asked is None:
        return f"{MAJOR}.{MINORS[-1]}"
    read = WRITTEN.fullmatch(asked.strip())
    if read is None or int(read[1]) != MAJOR:
        raise InvalidInput(
            "X-API-Version", f"is {MAJOR}. and a minor, as `{MAJOR}.{MINORS[-1]}`, or left out"
        )
    return f"{MAJOR}.{choose_minor(int(read[2]))}"


def answering_version(asked: str | None) -> str:
    """Give the same, and the newest where the header is refused."""
    try:
        return choose_version(asked)
    except InvalidInput:
        return choose_version(None)
