"""How large a request's variables are, counted once before anything converts them."""

from collections.abc import Mapping
from typing import cast

from web.caps import Caps

# Prose has commas too: so many times the values that are allowed may look like values.
PROSE = 4
SHORT = 400


class VariablesTooLarge(Exception):
    """The request holds more values than are looked at."""


def demand_readable(body: bytes | str, caps: Caps) -> None:
    """Refuse JSON that would make too many values, by the signs between them alone.

    Raises:
        TooMuch: it would.
    """
    if isinstance(body, str):
        signs = body.count(",") + body.count("[") + body.count("{")
    else:
        signs = body.count(b",") + body.count(b"[") + body.count(b"{")
    if signs > PROSE * caps.input_nodes:
        raise VariablesTooLarge(f"The request holds more than {caps.input_nodes} values.")


def demand_small(variables: Mapping[str, object], caps: Caps) -> int:
    """Give how many characters the long texts have together.

    Raises:
        TooMuch: a variable is too long, too deep or holds too many values; at the first that is.
    """
    total = prose = 0
    waiting: list[tuple[str, object, int]] = [(name, v, 1) for name, v in variables.items()]
    if len(waiting) > caps.input_list:
        raise VariablesTooLarge(f"The variables have more than {caps.input_list} names.")
    while waiting:
        name, value, level = waiting.pop()
        total += 1
        if total > caps.input_nodes:
            raise VariablesTooLarge(f"The variables hold more than {caps.input_nodes} values.")
        if isinstance(value, str):
            prose += len(value) if len(value) > SHORT else 0
            if len(value) > caps.input_text:
                raise _over_limit(name, f"a text of more than {caps.input_text} characters")
        elif isinstance(value, list | dict):
            held = cast("list[object] | dict[str, object]", value)
            if len(held) > caps.input_list:
                raise _over_limit(name, f"a list of more than {caps.input_list} entries")
            if level > caps.input_depth:
                raise _over_limit(name, f"more than {caps.input_depth} levels")
            inner = held.values() if isinstance(held, dict) else held
            waiting.extend((name, one, level + 1) for one in inner)
    return prose


def _over_limit(name: str, what: str) -> VariablesTooLarge:
    return VariablesTooLarge(f"The variable ${name[:40]} has {what}.")
