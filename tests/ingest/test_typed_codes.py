"""Codes typed as such: what people and tools write normalises, the rest is refused."""

import pytest

from domain.codes import CodeStatus, ToldCode, TroubleCode
from domain.errors import InvalidInput
from domain.reports import FailureReport
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader
from ingest.typed_codes import read_typed


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("p0a1f-13", ["P0A1F-13"]),
        ("P1A0F13", ["P1A0F-13"]),
        ("0x0A1F", ["P0A1F"]),
        ("0xC111", ["U0111"]),
        ("Ｐ０Ａ８０", ["P0A80"]),
        ("Р0А80", ["P0A80"]),
        ("POA7F", ["P0A7F"]),
        ("BMS_f038", ["F038"]),
        ("Err-40", ["40"]),
        ("Error 12", ["12"]),
        ("fault code E12", ["E12"]),
        ("E.06", ["E06"]),
        ("E 40 1", ["E401"]),
        ("MC 204", ["MC204"]),
        ("२१", ["21"]),
        ("SPN 523 FMI 3", ["SPN523-FMI3"]),
        ("P zero A one F", ["P0A1F"]),
        ("P0A7FP0AA6", ["P0A7F", "P0AA6"]),
        ("P0A80, P0AA6", ["P0A80", "P0AA6"]),
        ("43 01 0A 1F", ["P0A1F"]),
        ("59 02 FF 0A 1F 13 08", ["P0A1F-13"]),
    ],
)
def test_what_is_typed_is_read(typed: str, codes: list[str], lexicon: Lexicon) -> None:
    assert [str(code) for code in read_typed(typed, lexicon.codes)] == codes


@pytest.mark.parametrize("typed", ["battery", "no code", "E", "?"])
def test_what_is_no_code_is_refused_with_the_forms(typed: str, lexicon: Lexicon) -> None:
    with pytest.raises(InvalidInput, match=r"write it as P0A1F, P0A1F-13, 0x0A1F, E401"):
        read_typed(typed, lexicon.codes)


async def test_a_report_keeps_how_each_code_failed(reader: ReportReader) -> None:
    report = FailureReport.parse("P1A0F16 stored, no U0111", ("p1a0f-13", "43 01 0A 1F"))
    understood = await reader.understand(report)
    assert understood.codes == ("unknown:P1A0F", "sae:P0A1F")
    assert understood.told_codes == (
        ToldCode(TroubleCode("P1A0F", "13"), CodeStatus.PRESENT),
        ToldCode(TroubleCode("P0A1F"), CodeStatus.PRESENT),
        ToldCode(TroubleCode("P1A0F", "16"), CodeStatus.STORED),
        ToldCode(TroubleCode("U0111"), CodeStatus.DENIED),
    )


async def test_a_typed_code_leaves_a_cleared_one_out(reader: ReportReader) -> None:
    understood = await reader.understand(FailureReport.parse("P0A80 was erased", ("E401",)))
    assert understood.codes == ("ather:E401",)
