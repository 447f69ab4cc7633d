"""GSTIN: fifteen characters, each with its meaning, the last a check on the others.

`27 AAPFU0939F 1 Z V`: State, PAN, which registration of that PAN in the State, Z, check character.
Deductors, collectors, embassies and non-residents have forms of their own. All of them are checked
by the same mod-36 character (the last one), so one slip of the pen never passes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from billing.gst import states
from billing.gst.pan import HOLDERS
from billing.gst.states import State
from domain.errors import InvalidInput, WrongCharacter

LENGTH = 15
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE = len(ALPHABET)


class GstinKind(StrEnum):
    REGULAR = "regular"
    DEPARTMENT = "department"
    DEDUCTOR = "tds"
    COLLECTOR = "tcs"
    EMBASSY = "uin"
    NON_RESIDENT = "non_resident"
    ONLINE_SUPPLIER = "oidar"


DIGIT, LETTER, EITHER = "a digit", "a letter", "a letter or a digit"
CLASSES: Mapping[str, str] = {
    "9": DIGIT,
    "A": LETTER,
    "X": EITHER,
    "E": "1 to 9 or a letter (which registration of this PAN)",
    "Z": "Z, 1 to 9 or A to J",
}
MEMBERS: Mapping[str, str] = {
    "9": "0123456789",
    "A": ALPHABET[10:],
    "X": ALPHABET,
    "E": ALPHABET[1:],
    "Z": "Z" + ALPHABET[1:20],
}
# Each form, most special first: a letter in quotes stands for itself.
FORMS: tuple[tuple[GstinKind, tuple[str, ...]], ...] = (
    (GstinKind.ONLINE_SUPPLIER, ("'9", "'9", *"99AAA99999", "'O", "'S", "X")),
    (GstinKind.NON_RESIDENT, (*"9999AAA99999", "'N", "'R", "X")),
    (GstinKind.EMBASSY, (*"9999AAA99999", "'U", "'N", "X")),
    (GstinKind.EMBASSY, (*"9999AAA99999", "'O", "'N", "X")),
    (GstinKind.DEPARTMENT, (*"99AAAA99999A9", "'Z", "X")),
    (GstinKind.DEDUCTOR, (*"99AAAAX9999AE", "'D", "X")),
    (GstinKind.COLLECTOR, (*"99AAAAA9999AE", "'C", "X")),
    (GstinKind.REGULAR, (*"99AAAAX9999AEZX",)),
)
REGULAR = FORMS[-1][1]
WITH_PAN = frozenset({GstinKind.REGULAR, GstinKind.DEDUCTOR, GstinKind.COLLECTOR})
# Who supplies services online from abroad buys nothing under that number (OIDAR).
NEVER_BUYERS = frozenset({GstinKind.ONLINE_SUPPLIER})
SANDBOX = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z]00[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gstin:
    """A GSTIN that has passed every check; make one with `parse_gstin`."""

    value: str
    kind: GstinKind

    def __str__(self) -> str:
        return self.value

    @property
    def state(self) -> State:
        """Where it is registered; a foreigner's is Other Territory."""
        code = self.value[:2]
        return states.parse_state("97" if code == states.CENTRE else code)

    @property
    def pan(self) -> str | None:
        return self.value[2:12] if self.kind in WITH_PAN else None


def parse_gstin(text: str, field: str = "gstin", *, sandbox: bool = False) -> Gstin:
    """Read a GSTIN; spaces and small letters are forgiven.

    The portal's test numbers (`02AMBPG7773M002`) fail the check; `sandbox` lets them pass.

    Raises:
        WrongCharacter: which character is wrong (counted from 1), and why.
        InvalidInput: it has not fifteen characters.
    """
    value = "".join(text.split()).upper()
    if len(value) != LENGTH:
        raise InvalidInput(field, f"has {len(value)} characters; a GSTIN has {LENGTH}")
    if sandbox and SANDBOX.fullmatch(value) and value[:2] in states.PREFIXES:
        return Gstin(value=value, kind=GstinKind.REGULAR)
    kind = _kind_of(field, value)
    _check_state(field, value)
    if kind is GstinKind.REGULAR and value[5] not in HOLDERS:
        raise WrongCharacter(field, 6, f"is {value[5]!r}; no kind of PAN holder has this letter")
    _check_last_character(field, value)
    return Gstin(value=value, kind=kind)


def check_character(first_fourteen: str) -> str:
    """Give the last character: weights 1, 2, 1, 2 …; sum quotient and remainder by 36."""
    total = 0
    for place, character in enumerate(first_fourteen):
        product = ALPHABET.index(character) * (2 if place % 2 else 1)
        total += product // BASE + product % BASE
    return ALPHABET[-total % BASE]


def _kind_of(field: str, value: str) -> GstinKind:
    for kind, form in FORMS:
        if all(_fits_class(c, wanted) for c, wanted in zip(value, form, strict=True)):
            return kind
    # Name the first slip against the form that nearly everybody has.
    for position, (c, wanted) in enumerate(zip(value, REGULAR, strict=True), start=1):
        if not _fits_class(c, wanted):
            raise WrongCharacter(field, position, f"is {c!r}; here stands {CLASSES[wanted]}")
    raise AssertionError(value)  # pragma: no cover


def _fits_class(character: str, wanted: str) -> bool:
    return character == wanted[1] if wanted[0] == "'" else character in MEMBERS[wanted]


def _check_state(field: str, value: str) -> None:
    if value[:2] in states.PREFIXES:
        return
    position = 2 if any(code[0] == value[0] for code in states.PREFIXES) else 1
    raise WrongCharacter(field, position, f"makes {value[:2]!r}, which is no State code")


def _check_last_character(field: str, value: str) -> None:
    right = check_character(value[:-1])
    if value[-1] != right:
        reason = f"is {value[-1]!r} but the others make {right!r}: one of the fifteen is misread"
        raise WrongCharacter(field, LENGTH, reason)
