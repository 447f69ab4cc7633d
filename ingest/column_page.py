"""The columns of an imported card as a table of `docs/ingest.md`, and the form for editors."""

import json
from enum import Enum
from pathlib import Path

from pydantic.fields import FieldInfo

from domain.card_fields import DeclaredField, declared_fields
from ingest.card_form import PARTS, CardForm
from ingest.knowledge import SHIPPED
from ingest.knowledge_schema import KnowledgeDocument

PAGE = Path(__file__).parent.parent / "docs" / "ingest.md"
EDITORS_FORM = SHIPPED / "schema.json"
BEGIN, END = "<!-- columns -->\n", "<!-- end of columns -->\n"
HEAD = "| column | what stands in it |\n|---|---|\n"


def print_columns() -> str:
    """Give the table as Markdown: what is needed first."""
    shown = sorted(CardForm.model_fields.items(), key=lambda item: not item[1].is_required())
    plain = {field.column: field for part in PARTS for field in declared_fields(part)}
    rows = [f"| `{name}` | {_meaning_of(info, plain.get(name))} |\n" for name, info in shown]
    return HEAD + "".join(rows)


def with_columns(page: str) -> str:
    """Give the page with the table in its place."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + print_columns() + END + rest.split(END)[1]


def print_editors_form() -> str:
    return json.dumps(KnowledgeDocument.model_json_schema(), indent=2) + "\n"


def _meaning_of(info: FieldInfo, field: DeclaredField | None) -> str:
    said = info.description if field is None else field.asked + _form_of_value(field)
    return f"{said}{' Needed.' if info.is_required() else ''}".replace("|`", "\\|`")


def _form_of_value(field: DeclaredField) -> str:
    if field.is_list:
        return " Parted by `;`."
    if field.is_choice:
        words = ", ".join(f"`{one.value}`" for one in _choices_of(field))
        return f" One of {words}."
    return " `true` or `false`." if field.plain_type is bool else ""


def _choices_of(field: DeclaredField) -> list[Enum]:
    return list(field.plain_type)


if __name__ == "__main__":
    PAGE.write_text(with_columns(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    EDITORS_FORM.write_text(print_editors_form(), encoding="utf-8")
