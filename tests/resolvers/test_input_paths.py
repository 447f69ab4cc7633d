"""What is wrong is named by its path in what was handed in."""

import pytest
from graphql import GraphQLField, GraphQLSchema, build_schema

from domain.errors import InvalidInput, WrongCharacter
from resolvers.input_paths import input_path, locate_fault, within_input
from schema import sdl

Roots = dict[str, GraphQLField]


@pytest.fixture(scope="module")
def roots() -> Roots:
    schema: GraphQLSchema = build_schema(sdl.PRINTED.read_text(encoding="utf-8"))
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    return {**schema.query_type.fields, **schema.mutation_type.fields}


@pytest.mark.parametrize(
    ("verb", "name", "found"),
    [
        ("reportFailure", "mileageKm", "report.vehicle.mileageKm"),
        ("reportFailure", "vehicle id", "report.vehicleId"),
        ("reportFailure", "text", "report.text"),
        ("match", "codes", "report.codes"),
        ("createCard", "symptomText", "card.signature.text"),
        ("createCard", "steps.2.minutes", "card.resolution.steps.2.minutes"),
        ("createCard", "low_c", "card.signature.environment.temperatureRange"),
        ("createCard", "error code", "card.signature.errorCodes"),
        ("createCard", "readings.0.reading", "card.evidence.readings.0.name"),
        ("createCard", "secondaryCauses", "card.cause.secondary"),
        ("verifyCard", "verifier", "id"),
        ("verifyCard", "card id", "id"),
        ("resolveTicket", "minutes", "outcome.minutes"),
        ("resolveTicket", "steps.1.step", "outcome.steps.1.action"),
        ("assignTicket", "person id", "to"),
        ("updateCard", "card id", "id"),
        ("startRepair", "card id", "card"),
        ("closeTicket", "rating", "stars"),
        ("updateCard", "expected_version", "expectedVersion"),
        ("issueInvoice", "customer", "invoice.customer"),
        ("editDraft", "gstin", "invoice.customer.gstin"),
        ("recordPayment", "day", "payment.day"),
        ("bookJob", "end", "job.slot.end"),
        ("cards", "after", "after"),
    ],
)
def test_a_name_becomes_its_path(roots: Roots, verb: str, name: str, found: str) -> None:
    assert input_path(roots[verb], name) == found


def test_every_path_begins_at_an_argument(roots: Roots) -> None:
    names = ["vehicle id", "card id", "minutes", "steps", "the weather", "parts.x.hsn", "", "a b.c"]
    wrong = {
        (verb, name): found
        for verb, field in roots.items()
        if field.args
        for name in names
        if (found := input_path(field, name)).partition(".")[0] not in field.args
    }
    assert wrong == {}


def test_places_stand_between_the_fields(roots: Roots) -> None:
    with pytest.raises(InvalidInput) as caught, within_input("steps", 2):
        raise InvalidInput("minutes", "is negative")
    wrong = locate_fault(roots["createCard"], caught.value)
    assert str(wrong) == "card.resolution.steps.2.minutes: is negative"


def test_the_character_is_kept(roots: Roots) -> None:
    wrong = locate_fault(roots["issueInvoice"], WrongCharacter("gstin", 6, "is '1'"))
    assert isinstance(wrong, WrongCharacter)
    assert (wrong.field, wrong.position) == ("invoice.customer.gstin", 6)
    assert str(wrong) == "invoice.customer.gstin: character 6 is '1'"
