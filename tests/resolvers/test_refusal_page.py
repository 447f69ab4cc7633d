"""Every refusal has a code, and the page of them is made from the code."""

import re
from pathlib import Path

from domain.errors import CursorLost, Refused, WrongCharacter
from resolvers.refusal_page import PAGE, print_refusals
from resolvers.refusals import CODES, OTHER_CODES

ROOT = PAGE.parent.parent
# In an error's extensions, in a refusal's call, and beside a status that stands for itself.
LITERAL = re.compile(r"""(?:"code": |refusal\(\s*[\w.]+, |\b\d{3}(?:, |: \())"([A-Z_]+)\"""")


def test_the_page_is_as_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == print_refusals()


def test_every_refusal_has_a_code() -> None:
    kinds = set(Refused.__subclasses__()) - {CursorLost}
    assert kinds - set(CODES) == set()
    assert WrongCharacter.__mro__[1] in CODES


def test_every_code_that_is_sent_stands_on_the_page() -> None:
    texts = [p.read_text(encoding="utf-8") for f in ("web", "resolvers") for p in _sources(f)]
    sent = {code for text in texts for code in LITERAL.findall(text)}
    assert {"TOO_MUCH", "DEADLINE", "TOO_LARGE"} <= sent
    assert sent - set(CODES.values()) - set(OTHER_CODES) == set()


def _sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))
