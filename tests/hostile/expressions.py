"""Every regular expression of the product, found in its source, and texts that could tire each."""

import ast
import importlib
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants as kinds  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType] - the parser's own names
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
from types import ModuleType
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    *("access", "billing", "domain", "graph", "ingest", "matching", "records", "repair"),
    *("resolvers", "schema", "sync", "web"),
)
CALLS = frozenset(
    {"compile", "sub", "subn", "findall", "finditer", "match", "search", "split", "fullmatch"}
)
SAMPLES = string.ascii_letters + string.digits + string.punctuation + " \t\n" + "é क–″ゝ२"


@dataclass(frozen=True, slots=True)
class Expression:
    """A pattern and where it stands."""

    place: str
    pattern: str
    flags: int = 0

    @property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)


def source_files() -> Iterator[tuple[str, Path]]:
    """Yield each module's name and file."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@cache
def every() -> tuple[tuple[Expression, ...], tuple[str, ...]]:
    """Give the expressions, and the places of calls whose pattern only a run would tell."""
    found, unknown = dict[tuple[str, int], Expression](), list[str]()
    for name, path in source_files():
        calls = list(_calls(ast.parse(path.read_text())))
        if not calls:
            continue
        module = importlib.import_module(name)
        for each in _held(module):
            found.setdefault((each.pattern, each.flags), Expression(name, each.pattern, each.flags))
        for call in calls:
            try:
                said = _evaluated(call, module)
            except (NameError, TypeError, AttributeError, IndexError):
                if not _is_held(call):
                    unknown.append(f"{name}: {ast.unparse(call)}")
                continue
            place = f"{name}:{call.lineno}"
            found.setdefault(
                (said.pattern, said.flags), Expression(place, said.pattern, said.flags)
            )
    return tuple(found.values()), tuple(unknown)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that hand over a pattern: to `re`, to pydantic, to the check of ids."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        of_re = name.startswith("re.") and name.removeprefix("re.") in CALLS
        of_ids = name == "_checked" and len(node.args) == len(("field", "value", "pattern"))
        if of_re or of_ids or any(k.arg == "pattern" for k in node.keywords):
            yield node


def _evaluated(call: ast.Call, module: ModuleType) -> re.Pattern[str]:
    """Give a call's pattern with the names of its module; it fails on those of a function."""
    name = ast.unparse(call.func)
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    given = named.get("pattern") or call.args[2 if name == "_checked" else 0]
    flags = named.get("flags")
    if flags is None and name == "re.compile" and len(call.args) > 1:
        flags = call.args[1]
    return re.compile(_value(given, module), 0 if flags is None else _value(flags, module))


def _value(node: ast.expr, module: ModuleType) -> Any:  # noqa: ANN401 - whatever it is
    return eval(compile(ast.Expression(node), "pattern", "eval"), dict(vars(module)))  # noqa: S307 - our own source


def _is_held(call: ast.Call) -> bool:
    """Say whether a comprehension at the top of a module made it: then the module holds it."""
    return bool(call.args) and ast.unparse(call.args[0]) in {"pattern", "form"}


def _held(module: ModuleType) -> Iterator[re.Pattern[str]]:
    for value in vars(module).values():
        yield from _patterns(value)


def _patterns(value: object) -> Iterator[re.Pattern[str]]:
    match value:
        case re.Pattern() if isinstance(value.pattern, str):
            yield value
        case tuple() | list() | frozenset():
            for each in value:  # pyright: ignore[reportUnknownVariableType]
                yield from _patterns(each)  # pyright: ignore[reportUnknownArgumentType]
        case dict():
            for each in value.values():  # pyright: ignore[reportUnknownVariableType]
                yield from _patterns(each)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return


def tiring(expression: Expression) -> tuple[tuple[str, str, str], ...]:
    """Give (before, repeated, after): what could make an expression try again and again.

    What it repeats is repeated, behind each beginning that it knows, and ended by what it does not
    want; also pairs of what it repeats, since two neighbours may want the same.
    """
    tree = cast("Any", parser).parse(expression.pattern, expression.flags)
    pieces = list(dict.fromkeys(_pieces(tree)))[:8]
    begun = ["", *dict.fromkeys(_prefixes(tree))][:4]
    pumps = [*pieces, *(a + b for a in pieces[:4] for b in pieces[:4] if a != b)]
    pumps += [" ", "\t", "1", "a", ".", "1 ", "a ", "1-2", "1.1", "aA1 "]
    ends = ("\x01", "")
    return tuple(
        (before, pump, after) for before in begun for pump in dict.fromkeys(pumps) for after in ends
    )


def _pieces(tree: Iterable[Any]) -> Iterator[str]:
    """Yield an example of each part that may be repeated, and of each literal run."""
    for kind, value in tree:
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            yield _example(value[2])
            yield from _singles(value[2])
            yield from _pieces(value[2])
        elif kind is kinds.SUBPATTERN:
            yield from _pieces(value[3])
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                yield from _pieces(branch)
                yield _example(branch)
        elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
            yield from _pieces(value[1])
        elif kind is kinds.ATOMIC_GROUP:
            yield from _pieces(value)


def _singles(tree: Iterable[Any]) -> Iterator[str]:
    for kind, value in tree:
        if kind is kinds.IN:
            yield from [c for c in SAMPLES if _holds(value, c)][:3]


def _prefixes(tree: Any) -> Iterator[str]:  # noqa: ANN401 - the parser's own type
    """Yield examples of the beginnings, each one part longer."""
    said = ""
    for part in tree:
        said += _example([part])
        if said:
            yield said


def _example(tree: Iterable[Any]) -> str:
    said = ""
    for kind, value in tree:
        match kind:
            case kinds.LITERAL:
                said += chr(value)
            case kinds.IN:
                said += next((c for c in SAMPLES if _holds(value, c)), "")
            case kinds.ANY | kinds.NOT_LITERAL:
                said += "x"
            case kinds.MAX_REPEAT | kinds.MIN_REPEAT | kinds.POSSESSIVE_REPEAT:
                said += _example(value[2]) * max(1, min(3, value[0]))
            case kinds.SUBPATTERN:
                said += _example(value[3])
            case kinds.BRANCH:
                said += _example(value[1][0])
            case kinds.ATOMIC_GROUP:
                said += _example(value)
            case _:
                pass
    return said


def _holds(members: list[Any], character: str) -> bool:
    code, negated, held = ord(character), False, False
    for kind, value in members:
        match kind:
            case kinds.NEGATE:
                negated = True
            case kinds.LITERAL:
                held |= code == value
            case kinds.RANGE:
                held |= value[0] <= code <= value[1]
            case kinds.CATEGORY:
                held |= _in_category(value, character)
            case _:
                pass
    return held != negated


def _in_category(category: Any, character: str) -> bool:  # noqa: ANN401 - the parser's own type
    name = str(category).lower()
    shape = next(s for s in ("digit", "space", "word") if s in name)
    inside = {
        "digit": character.isdecimal(),
        "space": character.isspace(),
        "word": character.isalnum() or character == "_",
    }[shape]
    return inside != ("not" in name)
