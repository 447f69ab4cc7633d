"""Settings that come together: all that are needed, or none."""

from collections.abc import Collection, Mapping

from access.provider_accounts import is_safe
from domain.errors import InvalidInput


def read_together(
    given: Mapping[str, str | None], longest: int, optional: Collection[str] = ()
) -> Mapping[str, str] | None:
    """Give the values that are said, by the settings' names; None: none is.

    Raises:
        InvalidInput: one is missing that is not `optional`, or is too long.
    """
    said = {name: value for name, value in given.items() if value}
    if not said:
        return None
    for name in given:
        least = 0 if name in optional else 1
        if not least <= len(said.get(name, "")) <= longest:
            raise InvalidInput(name, f"is needed beside {next(iter(said))}, up to {longest} long")
    return said


def demand_base(name: str, url: str, reason: str, *, production: bool) -> None:
    """Let an address pass that paths can be put behind, and that may be asked.

    Raises:
        InvalidInput: it is none, for this reason.
    """
    if {"?", "#"} & {*url} or not is_safe(url, loopback=not production):
        raise InvalidInput(name, reason)
