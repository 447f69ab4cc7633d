"""A danger is heard in words that no list has, in every script, and an ordinary fault is not."""

from time import perf_counter

import pytest

from domain.hazards import GROUP_OF, HazardGroup
from ingest.hazard_sounds import MOST_WORDS, hear_hazard, heard_text
from ingest.hazards import find_hazards, told_hazards

BURNS, RUNS = HazardGroup.BURNS, HazardGroup.RUNS


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("pack theke phosh phosh hawa berocche", BURNS),
        ("যত জোরে চাপি গাড়ি থামে না", RUNS),
        ("બેટરીનું પેટ બહાર નીકળી ગયું", BURNS),
        ("എത്ര അമർത്തിയാലും വണ്ടി നിൽക്കില്ല", RUNS),
        ("बॅटरीचं पोट बाहेर आलं", BURNS),
        ("handle kahna hi nahi maanta, divider me ghus gaye", RUNS),
    ],
)
def test_words_that_no_list_has_are_heard(text: str, group: HazardGroup) -> None:
    heard = hear_hazard(text)
    assert told_hazards(text) == ()
    assert heard is not None
    assert (GROUP_OF[heard.kind], heard.start, heard.end) == (group, 0, len(text))
    assert find_hazards(text) == (heard,)


@pytest.mark.parametrize(
    "text",
    [
        "Brake lever loose",
        "smoke test done",
        "AC not cooling",
        "fire extinguisher fitted",
        "Horn shorted",
        "pack at 45 °C",
        "side mirror dheela hai, kas do",
        "బ్రేక్ లివర్ వదులుగా ఉంది",
        "ബാറ്ററി വേഗം തീരുന്നു",
        "charger ki batti nahi jalti",
        "",
    ],
)
def test_an_ordinary_fault_is_not(text: str) -> None:
    assert find_hazards(text) == ()


def test_both_scripts_of_a_word_sound_alike() -> None:
    native, latin = heard_text("बैटरी गरम है").pieces, heard_text("baitari garam hai").pieces
    assert len({*native} & {*latin}) > len(native) / 2


def test_a_long_text_is_not_asked() -> None:
    danger = "handle kahna hi nahi maanta "
    assert hear_hazard(danger * (MOST_WORDS // 5 + 1)) is None


def test_a_report_is_heard_in_a_millisecond() -> None:
    texts = [f"the case of battery number {n} has grown fat{n} in the middle" for n in range(500)]
    start = perf_counter()
    for text in texts:
        hear_hazard(text)
    # Ten times what it takes, for a machine that does other work.
    assert (perf_counter() - start) / len(texts) < 0.010
