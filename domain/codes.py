"""Diagnostic trouble codes: one spelling for each, scoped so that no two makes mix by chance.

SAE J2012 reserves part of the code space for all makes (P0A1F means the same everywhere); the rest,
and every other pattern, means what its maker says. A code's key is therefore `sae:P0A1F` or
`ather:E401`. How it failed (the failure type of SAE J2012-DA, the FMI of J1939) stands beside it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from domain import limits
from domain.characters import digits_folded
from domain.errors import InvalidInput

CodeKey = NewType("CodeKey", str)

SAE = "sae"
# P0, P2, P34 to P39; B0, C0, U0; U3 (SAE J2012, ranges that the standard controls).
SHARED = re.compile(r"(?:P0|P2|B0|C0|U0|U3)[0-9A-F]{3}|P3[4-9][0-9A-F]{2}")
FIVE_TYPED = re.compile(r"([PBCU][0-3][0-9A-F]{3})([0-9A-F]{2})?")
HEX_TYPED = re.compile(r"(?:0X|\$)([0-9A-F]{4})([0-9A-F]{2})?")
J1939_TYPED = re.compile(r"SPN(\d{1,6})(?:FMI(\d{1,2}))?")
RUN_TOGETHER = re.compile(r"(?:[PBCU][0-3][0-9A-F]{3}(?:[0-9A-F]{2})?){2,8}")
SHAPE = re.compile(r"[A-Z0-9]{2,12}")
LONGEST, LONGEST_KEY = 60, 160
SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_./:,]+")
# What stands in front of a code and is no part of it: the word "code", the controller's name.
CALLED = re.compile(r"(?:DTC|ERROR|ERR|ER|FAULT|CODE|ALARM)(?=[A-Z]{0,9}\d)")
UNITS = re.compile(
    r"^\s*(?:BMS|MCU|VCU|EVCC?|OBC|BCM|TCU|HMI|PDU|PCU|ECU|ABS|LBC|HVAC|DCDC|IPC|MCM|TCM|ESC|EPS)"
    r"[\s\-_.:]{1,3}(?=[A-Z]{1,2}\d)"
)
NO_SCOPE = re.compile(
    r"(?:(?:DTC|ERROR|ERR|ER|FAULT|CODE|ALARM)S?(?:NO|NUMBER)?){1,2}|[PBCU][0-3][0-9A-F]{3}|SPN"
)
ACCEPTED = "write it as P0A1F, P0A1F-13, 0x0A1F, E401, BMS_f038, 12 or SPN 523 FMI 3"
SYSTEMS = "PCBU"
# ISO 14229-1, D.2: bits of the status byte.
FAILS_NOW, PENDING_BIT, CONFIRMED_BIT = 0x01, 0x04, 0x08


class CodeStatus(StrEnum):
    """What a text says of a code.

    STORED: of the past, or only in the memory. CLEARED: erased, and not said to have come back.
    DENIED: said not to be there.
    """

    PRESENT = "present"
    INTERMITTENT = "intermittent"
    PENDING = "pending"
    STORED = "stored"
    CLEARED = "cleared"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class TroubleCode:
    """A code as it is told: `failure_type` are two hexadecimal digits ("13"), or "FMI3"."""

    bare: str
    failure_type: str | None = None

    def __str__(self) -> str:
        return self.bare if self.failure_type is None else f"{self.bare}-{self.failure_type}"


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


@dataclass(frozen=True, slots=True)
class ToldCode:
    """A code of a report, and what the report says of it."""

    code: TroubleCode
    status: CodeStatus

    @property
    def details(self) -> str:
        """What is said beside the bare code: "type 13, stored"; nothing where that is nothing."""
        kind = self.code.failure_type and f"type {self.code.failure_type}"
        status = None if self.status is CodeStatus.PRESENT else str(self.status)
        return ", ".join(part for part in (kind, status) if part)


def normalise_code(code: str) -> str:
    """Give the one spelling of a code: `e-401` → `E401`, `DTC: p0a80 00` → `P0A80`.

    A five-character code's failure type is dropped: it says how, not what (`parse_trouble_code`).

    Raises:
        InvalidInput: nothing in it reads as a code.
    """
    return parse_trouble_code(code).bare


def parse_trouble_code(typed: str) -> TroubleCode:
    """Give a code that somebody typed, with its failure type: `p0a1f-13`, `0x0A1F`, `BMS_f038`.

    Raises:
        InvalidInput: nothing in it reads as a code; it says which forms do.
    """
    if len(typed) > LONGEST:
        raise InvalidInput("error code", f"has {len(typed)} characters; at most {LONGEST} are read")
    bare = SEPARATORS.sub("", UNITS.sub("", digits_folded(typed).upper()))
    while (called := CALLED.match(bare)) is not None:
        bare = bare[called.end() :]
    return _standard_code(bare) or _makers_code(bare, typed)


def _standard_code(bare: str) -> TroubleCode | None:
    if five := FIVE_TYPED.fullmatch(bare):
        return TroubleCode(*five.groups())
    if raw := HEX_TYPED.fullmatch(bare):
        return TroubleCode(decode_dtc(int(raw[1], 16)), raw[2])
    if spn := J1939_TYPED.fullmatch(bare):
        return TroubleCode(f"SPN{int(spn[1])}", None if spn[2] is None else f"FMI{int(spn[2])}")
    return None


def _makers_code(bare: str, typed: str) -> TroubleCode:
    if RUN_TOGETHER.fullmatch(bare):
        raise InvalidInput("error code", f"{typed[:40]!r} holds several codes; give each by itself")
    if not SHAPE.fullmatch(bare) or not any(c.isdigit() for c in bare):
        raise InvalidInput(
            "error code", f"{typed[:40]!r} does not read as a trouble code; {ACCEPTED}"
        )
    return TroubleCode(bare)


def decode_dtc(number: int) -> str:
    """Give the code of a two-byte number: `0x0A1F` → `P0A1F`, `0xC100` → `U0100` (SAE J2012)."""
    return f"{SYSTEMS[number >> 14]}{number >> 12 & 3}{number & 0xFFF:03X}"


def status_of_byte(status: int) -> CodeStatus:
    """Give what a status byte says (ISO 14229-1): failing now, failed once, or only remembered."""
    if status & FAILS_NOW:
        return CodeStatus.PRESENT
    unconfirmed = status & (PENDING_BIT | CONFIRMED_BIT) == PENDING_BIT
    return CodeStatus.PENDING if unconfirmed else CodeStatus.STORED


def is_standard(code: str) -> bool:
    """Say whether a normalised code has a standard's form: SAE J2012's, or J1939's."""
    return FIVE_TYPED.fullmatch(code) is not None or J1939_TYPED.fullmatch(code) is not None


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
    scope, code = split_scope(value)
    if scope is None:
        if not is_shared(normalise_code(code)):
            raise InvalidInput("error code", f"{value[:40]!r} needs its make, as in Ather:E401")
        scope = SAE
    return code_key(code, scope)


def split_scope(value: str) -> tuple[str | None, str]:
    """Give the make that a written key names, if any, and the code: `Ather:E401`.

    The colon of `P0A7F:11` and of `DTC: P0A7F` names none.
    """
    scope, colon, code = value[: LONGEST_KEY + 1].partition(":")
    named = SEPARATORS.sub("", digits_folded(scope).upper())
    if not colon or not named or NO_SCOPE.fullmatch(named):
        return None, value
    return scope, code
