"""Codes that were typed as such: one in nearly every form, several, or what a tool answered."""

from collections.abc import Mapping

from domain import codes
from domain.codes import CodeKey, TroubleCode
from domain.errors import InvalidInput
from ingest.text_codes import find_codes

ANNOUNCED = "code: "


def read_typed(typed: str, known: Mapping[str, tuple[CodeKey, ...]]) -> tuple[TroubleCode, ...]:
    """Give the codes of one typed value: `p0a1f-13`, `P0A7FP0AA6`, `43 01 0A 1F`, `POA7F`.

    Raises:
        InvalidInput: nothing in it reads as a code; it says which forms do.
    """
    one = _parse(typed)
    if one is not None and _is_certain(one, known):
        return (one,)
    seen = find_codes(ANNOUNCED + typed, known)
    found = tuple(dict.fromkeys(TroubleCode(code.bare, code.failure_type) for code in seen))
    if found and all(_is_certain(code, known) for code in found):
        return found
    return (one or codes.parse_trouble_code(typed),)


def _parse(typed: str) -> TroubleCode | None:
    try:
        return codes.parse_trouble_code(typed)
    except InvalidInput:
        return None


def _is_certain(code: TroubleCode, known: Mapping[str, tuple[CodeKey, ...]]) -> bool:
    return codes.is_standard(code.bare) or code.bare in known
