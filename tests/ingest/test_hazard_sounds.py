"""A danger is heard in words that no list has, in every script, and an ordinary fault is not."""

from time import perf_counter

import pytest

from domain.hazards import GROUP_OF, HazardGroup
from ingest.hazard_sounds import MOST_WORDS, hear_hazard, heard_places
from ingest.hazards import find_hazards, told_hazards

BURNS, SHOCKS, RUNS = HazardGroup.BURNS, HazardGroup.SHOCKS, HazardGroup.RUNS


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("battery case has grown fat in the middle", BURNS),
        ("battery ka pet nikla hua hai, khaane me nahi jaati", BURNS),
        ("மோட்டார் பக்கம் வயர் கருகின வாடை", BURNS),
        ("బ్యాటరీ మీద చెయ్యి పెడితే బొబ్బలు", BURNS),
        ("ਗੱਡੀ ਸਾਰੀ ਰਾਤ ਹੜ੍ਹ 'ਚ ਡੁੱਬੀ ਰਹੀ", SHOCKS),
        ("দুটো লিভার চেপেও স্কুটার থামল না", RUNS),
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
        "brake lever dheela hai, kas do",
        "బ్రేక్ లివర్ వదులుగా ఉంది",
        "ബാറ്ററി വേഗം തീരുന്നു",
        "charger ki batti nahi jalti",
        "",
    ],
)
def test_an_ordinary_fault_is_not(text: str) -> None:
    assert find_hazards(text) == ()


def test_both_scripts_of_a_word_sound_alike() -> None:
    native, latin = set(heard_places("बैटरी गरम")), set(heard_places("baitari garam"))
    assert len(native & latin) > len(native) / 2


def test_a_long_text_is_not_asked() -> None:
    danger = "battery case has grown fat in the middle "
    assert hear_hazard(danger * (MOST_WORDS // 8 + 1)) is None


def test_a_report_is_heard_in_a_millisecond() -> None:
    texts = [f"the case of battery number {n} has grown fat{n} in the middle" for n in range(500)]
    start = perf_counter()
    for text in texts:
        hear_hazard(text)
    # Ten times what it takes, for a machine that does other work.
    assert (perf_counter() - start) / len(texts) < 0.010
