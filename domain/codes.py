"""Diagnostic trouble codes: one spelling for each, scoped so that no two makes mix by chance.

SAE J2012 reserves part of the code space for all makes (P0A1F means the same everywhere); the rest,
and every other pattern, means what its maker says. A code's key is therefore `sae:P0A1F` or
`ather:E401`.
"""

import re
from dataclasses import dataclass
from typing import NewType

from domain import limits
from domain.characters import digits_folded
from domain.errors import InvalidInput

CodeKey = NewType("CodeKey", str)

SAE = "sae"
# P0, P2, P34 to P39; B0, C0, U0; U3 (SAE J2012, ranges that the standard controls).
SHARED = re.compile(r"(?:P0|P2|B0|C0|U0|U3)[0-9A-F]{3}|P3[4-9][0-9A-F]{2}")
FIVE = re.compile(r"[PBCU][0-3][0-9A-F]{3}")
FIVE_WITH_TYPE = re.compile(r"([PBCU][0-3][0-9A-F]{3})([0-9A-F]{2})")
SHAPE = re.compile(r"[A-Z0-9]{2,12}")
LONGEST, LONGEST_KEY = 60, 160
SEPARATORS = re.compile(r"[\s\-_./:]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCode:
    """A trouble code of the vocabulary.

    Attributes:
        scope: "sae", or the make whose code it is.
        component: id of the component that raises it, if known.
        illustrative: true when the meaning was made up for the shipped knowledge base.
    """

    code: str
    scope: str
    description: str
    component: str | None = None
    illustrative: bool = False

    @property
    def key(self) -> CodeKey:
        return code_key(self.code, self.scope)


def normalise_code(code: str) -> str:
    """Give the one spelling of a code: `e-401` → `E401`, `DTC: p0a80 00` → `P0A80`.

    A five-character code's two-digit failure type (SAE J2012-DA) is dropped: it says how, not what.

    Raises:
        InvalidInput: nothing in it reads as a code.
    """
    if len(code) > LONGEST:
        raise InvalidInput("error code", f"has {len(code)} characters; at most {LONGEST} are read")
    bare = SEPARATORS.sub("", digits_folded(code).upper()).removeprefix("DTC")
    typed = FIVE_WITH_TYPE.fullmatch(bare)
    if typed:
        return typed.group(1)
    if not SHAPE.fullmatch(bare) or not any(c.isdigit() for c in bare):
        raise InvalidInput("error code", f"{code[:40]!r} does not read as a trouble code")
    return bare


def is_shared(code: str) -> bool:
    """Say whether a normalised code means the same for every make."""
    return SHARED.fullmatch(code) is not None


def code_key(code: str, make: str) -> CodeKey:
    """Give the key of a code seen on a vehicle of `make` (the make is ignored for shared codes)."""
    bare = normalise_code(code)
    scope = (
        SAE if is_shared(bare) or make == SAE else limits.clean_text("make", make, 80).casefold()
    )
    return CodeKey(f"{scope}:{bare}")


def parse_code_key(value: str) -> CodeKey:
    """Give the key written as `Make:CODE`, or as a bare shared code.

    Raises:
        InvalidInput: a maker's code without its make.
    """
    scope, colon, code = value[: LONGEST_KEY + 1].partition(":")
    if not colon or not scope.strip():
        scope, code = SAE, value
        if not is_shared(normalise_code(code)):
            raise InvalidInput("error code", f"{value[:40]!r} needs its make, as in Ather:E401")
    return code_key(code, scope)
