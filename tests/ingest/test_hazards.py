"""Dangers to people are read, also in the languages of the garages, and "no smoke" is none."""

import re
import unicodedata
from pathlib import Path

import pytest
import yaml

from domain.hazards import GROUP_OF, HazardGroup, HazardKind
from ingest.hazard_contexts import ANYWHERE, BEFORE, PRESENT, read_context
from ingest.hazard_contexts import FILE as CONTEXTS
from ingest.hazard_lexicon import FILE, lexicon
from ingest.hazards import find_hazards
from ingest.languages import SCRIPTS, text_language
from ingest.safety_advice import FILE as ADVICE
from ingest.safety_advice import advise
from tests.ingest.hazards import TUNED_ON, harmless_complaints, phrasings


def kinds(text: str) -> list[HazardKind]:
    return [seen.kind for seen in find_hazards(text)]


@pytest.mark.parametrize("name", TUNED_ON)
def test_dangers_are_found_and_the_harmless_left_alone(name: str) -> None:
    """Of what the words were chosen on; `make bench ONLY=hazard_recall` has what they never saw."""
    told = phrasings(name)
    missed = [one.text for one in told if one.danger and not kinds(one.text)]
    false = [one.text for one in told if not one.danger and kinds(one.text)]
    assert len(missed) <= 0.02 * len(told), missed
    assert len(false) <= 0.04 * len(told), false


def test_complaints_without_a_danger_raise_none(data: Path) -> None:
    told = harmless_complaints("tuned", data / "nhtsa" / "complaints.csv")
    assert len(told) > 500
    assert len([text for text in told if kinds(text)]) <= 0.01 * len(told)


@pytest.mark.parametrize(
    "text",
    [
        "Scooter does not start and there is fire under the seat",
        "No charging no sound but smoke from the charger",
        "no range and swollen battery",
        "Without any warning smoke came out",
        "aag bujh nahi rahi",
        "धुआँ कम नहीं हो रहा",
        "aag lagi pata nahi kaise",
        "बैटरी गरम है हाथ नहीं लगा सकते",
        "Steering locks while riding",
        "Brake pads failed, cannot stop",
        "suspected short, saw sparks and smoke, dust everywhere",
        "pack 68.2°C while parked",
        "Battery temperature: 72.5 C",
        "isolation 12.5 kohm",
        "ｂａｔｔｅｒｙ ｏｎ ｆｉｒｅ",
        "It does not start, there was smoke",
        "no sound, smoke from the charger",
        "Earlier the motor was replaced, now smoke again",
        "pehle battery badal di thi, ab phir se phool gayi",
        "BMS says cell 4 is at 88 and going up",
        "They replaced the pack last year and it is fine, today smoke came out of it",
        "Pack was replaced last month, works fine now. But smoke from the charger",
        "is it covered by insurance? it caught fire at the signal",
        "battery phool gayi hai, warranty me hai kya",
        "smell nahi hai par dhuan aa raha hai",
        "வாசனை இல்ல, ஆனா புகை வருது",
        "dhuan kam nahi ho raha",
    ],
)
def test_no_denies_only_what_it_stands_at(text: str) -> None:
    assert kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Smoke: No, Fire: No",
        "smoke? no",
        "dhuan? nahi",
        "no smoke or burning smell",
        "pack at -60 C",
        "see https://example.org/engine-brake-hydraulics-failure.html for the part",
        "the car is burning far more oil than it should",
        "gaadi apne aap band ho gayi",
        "bas battery jaldi khatam ho jati hai",
        "technician 10 min me aa jata hai",
        "There was no crash, fire, or injury",
        "No crash, injury, or fire has resulted",
        "If it ever starts smoking what should I do?",
        "earlier smoke came from the motor, it was replaced",
        "pehle battery phooli thi, badal di",
        "replaced the battery temperature sensor, $210",
        "spark plugs replaced",
        "it does not move, no matter forward or reverse",
        "गाड़ी अपने आप बंद हो जाती है",
        "फुल चार्ज पर सिर्फ 40 किमी चलती है",
        "ખાડામાં આગળથી ખટખટ અવાજ આવે છે",
        "Battery swelled last year, it was replaced, works fine now",
        "pichle saal charger se dhuan nikla tha, naya mil gaya, ab sab theek",
        "गेल्या महिन्यात ब्रेक निकामी झाले होते, दुरुस्त केले, आता मस्त",
        "પાછલી તપાસ: ધુમાડો નીકળ્યો નથી",
        "புகை, வாசனை எதுவும் இல்ல",
        "poga raledu, vasana ledu",
        "ব্যাটারি ফুলে যায়নি",
        "dhuan wuan kuch nahi, bas horn kharab",
        "തീ പിടിക്കുമോ?",
        "Does it have any problem of catching fire? My father asks before we book",
        "my neighbour's scooter burned down last week, mine runs fine",
        "दाम सुनकर झटका लगा",
        "smoke grey ya fire red, kaunsa rang milega",
        "handle lock lagakar chaabi nikali",
    ],
)
def test_ordinary_words_raise_no_alarm(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("smoke from battery", [HazardKind.SMOKE]),
        ("no smoke, no burning smell, just does not charge", []),
        ("dhuan nahi nikla", []),
        ("dhuan ruk nahi raha", [HazardKind.SMOKE]),
        ("பேட்டரி வீங்கிடுச்சு", [HazardKind.SWELLING]),
        ("brakes fail ho gaye aur battery se dhuan", [HazardKind.SMOKE, HazardKind.BRAKES]),
        ("rear shock absorber leaks", []),
        ("pack at 82 °C while parked", [HazardKind.HOT]),
        ("pack at 140 F while parked", [HazardKind.HOT]),
        ("pack at 45 °C while parked", []),
        ("pack temp reads 131°F", []),
        ("isolation 14060 kOhm OK", []),
        ("isolation only 12 kohm to chassis", [HazardKind.LIVE]),
        ("insulation 0 ohm", [HazardKind.LIVE]),
        ("range dropped to 60 km on a hot day", []),
        ("", []),
    ],
)
def test_kinds_come_by_urgency(text: str, found: list[HazardKind]) -> None:
    assert kinds(text) == found


def test_the_place_in_the_text_is_told() -> None:
    [seen] = find_hazards("It charged all night. In the morning the battery was swollen!")
    assert "It charged all night. In the morning the battery was swollen!"[
        seen.start : seen.end
    ] == ("battery was swollen")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Smoke from the battery", "en"),
        ("battery se dhuan nikal raha hai", "hi-Latn"),
        ("बैटरी से धुआँ निकल रहा है", "hi"),
        ("बॅटरीतून धूर येतोय, काय करू", "mr"),
        ("பேட்டரியிலிருந்து புகை", "ta"),
        ("బ్యాటరీ నుంచి పొగ", "te"),
        ("ಬ್ಯಾಟರಿಯಿಂದ ಹೊಗೆ", "kn"),
        ("ব্যাটারি থেকে ধোঁয়া", "bn"),
        ("બેટરીમાંથી ધુમાડો", "gu"),
        ("ബാറ്ററിയിൽ നിന്ന് പുക", "ml"),
        ("ਬੈਟਰੀ ਵਿੱਚੋਂ ਧੂੰਆਂ", "pa"),
    ],
)
def test_advice_is_in_the_reporters_language(text: str, language: str) -> None:
    assert text_language(text) == language
    advice = advise(text, find_hazards(text))
    assert advice is not None
    assert (advice.language, advice.hazards) == (language, (HazardKind.SMOKE,))
    assert len(advice.steps) == 4


def test_each_danger_has_words_and_advice_in_every_language() -> None:
    told = {pattern.kind for found in lexicon().patterns.values() for pattern in found}
    assert told == {*GROUP_OF} == {*HazardKind}
    advice = yaml.safe_load(ADVICE.read_text(encoding="utf-8"))
    languages = {"en", "hi-Latn", "hi", *SCRIPTS.values()}
    assert {(group, *by_language) for group, by_language in advice.items()} == {
        (group, *next(iter(advice.values()))) for group in HazardGroup
    }
    assert {*next(iter(advice.values()))} == languages


def test_every_group_of_words_is_used_and_every_one_used_is_there() -> None:
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    used = {
        group.removesuffix("_denied")
        for patterns in told["hazards"].values()
        for pattern in patterns
        for group in re.split(r"[ <]", pattern.removeprefix("! "))
    }
    assert used == {*told["groups"]}


def test_every_group_of_a_context_is_used_and_every_one_used_is_there() -> None:
    told = yaml.safe_load(CONTEXTS.read_text(encoding="utf-8"))
    rules = [rule for rules in told["takes_back"].values() for rule in rules]
    assert {group for rule in rules for group in rule.split()} | {PRESENT} == {*told["groups"]}
    assert {*told["takes_back"]} <= {BEFORE, ANYWHERE, *(kind.value for kind in HazardKind)}


def test_a_context_takes_back_what_stands_before_it() -> None:
    context = read_context("Smoke last year, works fine now. A bare wire")
    assert context.takes_back(HazardKind.SMOKE, 0)
    assert not context.takes_back(HazardKind.LIVE, 33)
    assert context.is_harmless


def test_every_word_is_of_one_script() -> None:
    """A letter of another script that looks alike makes a word that nobody types."""
    told = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in (FILE, CONTEXTS)]
    words = {word for one in told for group in one["groups"].values() for word in group.split()}
    assert [word for word in sorted(words) if len(_scripts(word)) > 1] == []


def _scripts(word: str) -> set[str]:
    letters = (letter for letter in word if letter.isalpha())
    return {unicodedata.name(letter).split()[0] for letter in letters}


def test_advice_for_two_dangers_begins_with_the_more_urgent() -> None:
    text = "brake fail and fire under the seat"
    advice = advise(text, find_hazards(text))
    assert advice is not None
    assert advice.hazards == (HazardKind.FIRE, HazardKind.BRAKES)
    assert advice.steps[0].startswith("Get everybody")
    assert any("Do not ride" in step for step in advice.steps)
    assert advise("it does not charge", ()) is None
