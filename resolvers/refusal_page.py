"""The page of all refusals, made from the code: `docs/refusals.md` is what this prints."""

import inspect
import re
from pathlib import Path

from domain import errors, sentences
from resolvers.refusals import CODES, OTHER_CODES

PAGE = Path(__file__).parent.parent / "docs" / "refusals.md"
DRAWN = re.compile(r"\A[│├└─ ]*+(\w++) {2,}(.+)")
HEAD = """# Refusals

Made from the code; `make refusals` prints it anew.

A refusal comes in one of two places, and says the same in both:

- **as a member of the verb's union**, where the verb may meet it: `__typename` names it, `message`
  is a sentence for people, the other fields say which value. `... on Refusal { message }` has all.
- **in `errors`** of the answer, for everything else: `message` is the same sentence,
  `extensions.code` the code.

`message` ends with "Nothing was saved." whenever a verb that writes was refused. `field` of
`InvalidInput` is the path of the value in what you sent, as in `report.vehicle.mileageKm` or
`card.resolution.steps.2.action`; places count from 0. A query that finds nothing for your eyes
answers `null`, and does not say whether it is there for others.

## Codes of the domain

| code | member of unions | when |
|---|---|---|
"""
OTHERS = """
## Codes of the door

| code | when |
|---|---|
"""
STEPS = """
## Steps that are not there

`IllegalTransition` says what comes first:

| it is | you wanted | the sentence |
|---|---|---|
"""


def print_refusals() -> str:
    """Give the page as Markdown."""
    meaning = _refusal_meanings()
    rows = [
        f"| `{code}` | `{kind.__name__}` | {meaning[kind.__name__]} |\n"
        for kind, code in CODES.items()
    ]
    others = [f"| `{code}` | {said} |\n" for code, said in OTHER_CODES.items()]
    steps = [f"| {at} | {to} | {said} |\n" for (at, to), said in sentences.ADVICE.items()]
    return "".join([HEAD, *rows, OTHERS, *others, STEPS, *steps])


def _refusal_meanings() -> dict[str, str]:
    found = (DRAWN.fullmatch(line) for line in (inspect.getdoc(errors) or "").splitlines())
    return {m.group(1): m.group(2) for m in found if m}


if __name__ == "__main__":
    PAGE.write_text(print_refusals(), encoding="utf-8")
