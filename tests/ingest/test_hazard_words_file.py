"""The words of danger that the pages carry are those that the service reads by."""

import orjson

from domain.hazards import HazardKind
from ingest.hazard_words_file import PAGE_FILE, print_hazard_words


def test_the_pages_carry_the_words_of_now() -> None:
    """`make hazard-words` writes them."""
    assert PAGE_FILE.read_bytes() == print_hazard_words()


def test_each_danger_has_words_and_advice_in_both_languages() -> None:
    told = orjson.loads(PAGE_FILE.read_bytes())
    assert [hazard["kind"] for hazard in told["hazards"]] == [kind.name for kind in HazardKind]
    for hazard in told["hazards"]:
        assert hazard["told"], hazard["kind"]
        assert {group for groups in hazard["told"] for group in groups} <= told["groups"].keys()
        advice = told["advice"][hazard["group"]]
        assert {*advice} == {"en", "hi"}
        assert all(advice.values())
