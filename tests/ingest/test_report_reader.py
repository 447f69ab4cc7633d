"""A report in the vocabulary's terms: keys, vehicle, embedding, and what happens without one."""

from pathlib import Path

import pytest

from domain.errors import InvalidInput
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleCategory, VehicleContext
from ingest.embedder import Embedder
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader, code_keys
from ingest.unread_texts import english_of


@pytest.mark.row("CA-7")
@pytest.mark.parametrize(
    ("bare", "make", "expected"),
    [
        ("P0A1F", None, ("sae:P0A1F",)),
        ("P0A1F", "Ather", ("sae:P0A1F",)),
        ("E401", "Ather", ("ather:E401",)),
        ("E401", "Ola", ("ola:E401",)),
        ("E401", None, ("ather:E401",)),
        ("E998", None, ("unknown:E998",)),
        ("E998", "Ola", ("ola:E998",)),
    ],
)
def test_keys_follow_the_make(
    bare: str, make: str | None, expected: tuple[str, ...], lexicon: Lexicon
) -> None:
    assert code_keys(bare, make, lexicon) == expected


async def test_typed_and_read_codes_join(reader: ReportReader) -> None:
    report = FailureReport.parse("Ather 450X 2023 shows E-401 and P0A7F", ("p0a80 00", "e401"))
    understood = await reader.understand(report)
    assert understood.codes == ("sae:P0A80", "ather:E401", "sae:P0A7F")
    assert understood.vehicle == VehicleContext(
        make="Ather", model="450X", year=2023, category=VehicleCategory.TWO_WHEELER
    )
    assert understood.embedding is not None


async def test_given_vehicle_wins(reader: ReportReader) -> None:
    given = VehicleContext(make="Ola", model="S1 Pro", year=2022)
    report = FailureReport.parse("beside an Ather 450X it shows E401", vehicle=given)
    understood = await reader.understand(report)
    assert (understood.vehicle, understood.codes) == (given, ("ola:E401",))


async def test_malformed_typed_code_is_refused(reader: ReportReader) -> None:
    with pytest.raises(InvalidInput, match="error code"):
        await reader.understand(FailureReport.parse("dead", ("no code",)))


async def test_missing_embedder_leaves_the_words(lexicon: Lexicon, tmp_path: Path) -> None:
    embedder = Embedder(str(tmp_path / "none"))
    understood = await ReportReader(lexicon, embedder).understand(
        FailureReport.parse("gaadi charge nahi ho rahi, P0A1F")
    )
    embedder.close()
    assert understood.embedding is None
    assert understood.codes == ("sae:P0A1F",)
    assert [s.code for s in understood.symptoms] == ["SYM_CHRG_001"]


async def test_codes_alone_are_enough(reader: ReportReader) -> None:
    understood = await reader.understand(FailureReport.parse("", ("P0A1F",)))
    assert (understood.codes, understood.embedding) == (("sae:P0A1F",), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nexon EV of 2022 slow", ("Tata", "Nexon EV", 2022)),
        ("my nexon is slow, 2022 km run", ("Tata", "Nexon EV", None)),
        ("ola s1 pro, 2022 model", ("Ola", "S1 Pro", 2022)),
        ("Simple One does not start", ("Simple", "One", None)),
        ("one simple thing about the river", (None, None, None)),
        ("it should be 6 bar", (None, None, None)),
        ("EV6 lost power", ("Kia", "EV6", None)),
        ("450X and S1 Pro both dead", ("Ather", "450X", None)),
        ("Tata dealer said no", ("Tata", None, None)),
    ],
)
def test_vehicle_is_read_from_the_text(
    text: str, expected: tuple[str | None, str | None, int | None], lexicon: Lexicon
) -> None:
    found = lexicon.gazetteer.vehicle(text)
    assert (found.make, found.model, found.year) == expected


def test_no_name_is_no_vehicle(lexicon: Lexicon) -> None:
    assert lexicon.gazetteer.vehicle("battery dead") == UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "gaadi charge nahi ho rahi",
        "आज सुबह से कुछ नहीं",
        "",
    ],
)
async def test_training_compares_what_a_match_compares(text: str, reader: ReportReader) -> None:
    report = FailureReport.parse(text, ("P0A1F",))
    assert english_of(report.text, reader.lexicon) == (await reader.understand(report)).english
