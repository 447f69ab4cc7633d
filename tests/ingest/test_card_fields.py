"""A plain field of a card is declared once: every door has it, with its words and its bounds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import orjson
import pytest
import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema

from domain import cards
from domain.card_fields import CardField, DeclaredField, check_fields, declared_fields
from domain.errors import InvalidInput
from graph import bodies
from ingest import column_page
from ingest.card_columns import column_values, form_of
from ingest.card_form import PARTS, CardForm, FormModel
from resolvers.card_fields import asked_values
from schema import inputs
from schema.card_fields import add_asked_fields, add_shown_fields, shown_values
from schema.sdl import printed_sdl
from tests.graph.examples import FULL

SHOWN = {
    cards.Signature: ("Signature", "SignatureInput"),
    cards.Environment: ("Environment", "EnvironmentInput"),
    cards.RootCause: ("RootCause", "CauseInput"),
    cards.RepairStep: ("Step", "StepInput"),
    cards.PartUse: ("PartUse", "PartUseInput"),
    cards.Resolution: ("Resolution", "ResolutionInput"),
    cards.Reading: ("Reading", "ReadingInput"),
    cards.Evidence: ("Evidence", "EvidenceInput"),
}
DECLARED = [(part, field) for part in SHOWN for field in declared_fields(part)]


class Noise(StrEnum):
    HUM = "hum"
    RATTLE = "rattle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """A part of a card as somebody would add it."""

    noise: Annotated[Noise | None, CardField(meaning="What is heard.")] = None
    told_by: Annotated[tuple[str, ...], CardField(meaning="Who heard it.", entries=2, most=9)] = ()
    loudness_db: Annotated[int, CardField(meaning="How loud.", asked="In dB.", most=140)] = 0

    def __post_init__(self) -> None:
        check_fields(self)


def _camel(field: DeclaredField) -> str:
    head, *rest = field.name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize(
    ("part", "field"), DECLARED, ids=[f"{part.__name__}.{field.name}" for part, field in DECLARED]
)
def test_a_declared_field_is_shown_and_asked_for(part: type[Any], field: DeclaredField) -> None:
    schema = build_schema(printed_sdl())
    shown, asked = (schema.type_map[name] for name in SHOWN[part])
    assert isinstance(shown, GraphQLObjectType)
    assert isinstance(asked, GraphQLInputObjectType)
    assert shown.fields[_camel(field)].description == field.declared.meaning
    assert asked.fields[_camel(field)].description == field.asked


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_declared_field_is_a_column_with_a_row_on_the_page(part: type[Any]) -> None:
    page = column_page.PAGE.read_text(encoding="utf-8")
    for field in declared_fields(part):
        assert field.column in CardForm.model_fields
        assert f"| `{field.column}` | {field.asked}" in page


def test_the_pages_are_as_the_code() -> None:
    page = column_page.PAGE.read_text(encoding="utf-8")
    assert page == column_page.with_columns(page)
    assert column_page.EDITORS_FORM.read_text(encoding="utf-8") == column_page.print_editors_form()


def test_a_body_holds_every_declared_field() -> None:
    body = orjson.loads(bodies.write_card(FULL))
    held = {cards.Signature: body["signature"], cards.RootCause: body["cause"]}
    held |= {cards.Resolution: body["resolution"], cards.Evidence: body["evidence"]}
    for part, values in held.items():
        assert {field.name for field in declared_fields(part)} <= set(values)


def test_a_new_field_needs_its_declaration_alone() -> None:
    @strawberry.type
    @add_shown_fields(Sounds)
    class Shown:
        pass

    @strawberry.input
    @add_asked_fields(Sounds)
    class SoundsInput:
        pass

    heard = Sounds(noise=Noise.HUM, told_by=("Asha",), loudness_db=60)
    form: Any = form_of(Sounds, base=FormModel)
    line = form.model_validate({"noise": "hum", "told_by": "Asha;", "loudness_db": "60"})
    shown, written = Shown(**shown_values(heard)), SoundsInput()
    assert (shown.noise, shown.told_by, shown.loudness_db) == (Noise.HUM, ["Asha"], 60)  # pyright: ignore[reportAttributeAccessIssue]
    assert Sounds(**asked_values(Sounds, written)) == Sounds()
    assert Sounds(**column_values(Sounds, line)) == heard


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"loudness_db": 141}, "loudnessDb: 141 is not between 0 and 140"),
        ({"told_by": ("a", "b", "c")}, "toldBy: has 3 entries; 0 to 2 are allowed"),
        ({"told_by": ("x" * 10,)}, "toldBy: has 10 characters; at most 9 are kept"),
        ({"told_by": ("",)}, "toldBy: is empty"),
    ],
)
def test_a_new_field_keeps_its_bounds(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Sounds(**wrong)


def test_people_in_what_a_caller_writes_are_masked_in_every_field() -> None:
    form: Any = inputs.ReadingInput
    asked = form(name="call 98765 43210", value=1.0, unit="98765 43210")
    reading = cards.Reading(**asked_values(cards.Reading, asked))
    assert "98765" not in reading.name + (reading.unit or "")


@pytest.mark.parametrize(("said", "kept"), [(None, None), ("", ""), (" ", ""), (" BDS ", "BDS")])
def test_a_blank_says_nothing_where_nothing_need_be_said(
    said: str | None, kept: str | None
) -> None:
    form: Any = inputs.EvidenceInput
    assert cards.Evidence(**asked_values(cards.Evidence, form(tool=said))).tool == kept
