"""The language of a text is told, its symptoms are read, and what cannot be read is said so."""

import unicodedata

import pytest
import yaml

from domain.reports import FailureReport
from ingest import concepts, languages
from ingest.concept_patterns import FILE, find_patterns, grouped_sentences
from ingest.embedder import Embedder
from ingest.languages import SCRIPTS, advice_language, is_mostly_english, text_language
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader
from ingest.transliteration import latin_letters, sound_key
from ingest.unread_texts import told_language
from tests.ingest.languages import told_reports

ENGLISH_PROMPT = "We could not read what is wrong. Please write it in English or Hindi"


def symptoms(text: str) -> set[str]:
    language = text_language(text)
    found = find_patterns(grouped_sentences(text, language), language)
    return {seen.pattern.symptom for seen in found if not seen.negated}


def test_reports_in_every_language_are_read(lexicon: Lexicon) -> None:
    """Of what the words were tuned on."""
    told = told_reports("development")
    assert len(told) >= 150
    wrong = [one.text for one in told if told_language(one.text, lexicon) != one.language]
    missed = [
        one.text for one in told for group in one.symptoms if symptoms(one.text).isdisjoint(group)
    ]
    false = [
        one.text
        for one in told
        if symptoms(one.text) - {code for group in one.symptoms for code in group} - {*one.also}
    ]
    assert len(wrong) <= 0.01 * len(told), wrong
    assert len(missed) <= 0.03 * len(told), missed
    assert len(false) <= 0.03 * len(told), false


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Scooter is not charging", "en"),
        ("gaadi charge nahi ho rahi hai", "hi-Latn"),
        ("गाड़ी चार्ज नहीं हो रही है", "hi"),
        ("गाडी चार्ज होत नाही", "mr"),
        ("gadi charging la lavli ki thodya velane band padte", "mr-Latn"),
        ("வண்டி சார்ஜ் ஆகவில்லை", "ta"),
        ("vandi charge aagala", "ta-Latn"),
        ("bandi charge avvatledu", "te-Latn"),
        ("gaadi charge aagtilla", "kn-Latn"),
        ("gari charge hocche na", "bn-Latn"),
        ("gadi charge thati nathi", "gu-Latn"),
        ("vandi charge aakunnilla", "ml-Latn"),
        ("gaddi charge nahi hundi", "pa-Latn"),
        ("P0A80", "en"),
        ("", "en"),
        ("电池充不进电", "und"),
        ("гудит мотор", "und"),
        ("بیٹری چارج نہیں ہو رہی", "und"),
        ("ବ୍ୟାଟେରୀ ଚାର୍ଜ ହେଉନାହିଁ", "und"),
        ("গাড়ীখন চাৰ্জ নহয়", "und"),
        ("la moto no arranca y hace un ruido", "und"),
        ("asdf qwer", "und"),
        ("😀😀", "und"),
        ("????", "und"),
    ],
)
def test_the_language_is_told(text: str, language: str, lexicon: Lexicon) -> None:
    assert told_language(text, lexicon) == language


def test_workshop_words_and_typos_are_english(lexicon: Lexicon) -> None:
    for text in ("scooter dead", "horn not working", "controler overheting", "fire", "450X"):
        assert told_language(text, lexicon) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("vandi la pugai varuthu", "ta"),
        ("battery se dhuan nikal raha hai", "hi-Latn"),
        ("电池着火", "en"),
    ],
)
def test_advice_comes_in_a_language_that_is_written(text: str, language: str) -> None:
    assert advice_language(text) == language


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("चार्जिंग नहीं हो रही", {"SYM_CHRG_001"}),
        ("ब्रेक से आवाज़ नहीं आती", set[str]()),
        ("स्कूटर चार्ज करते समय 80% पर रुक जाता है", {"SYM_BATT_001"}),
        ("बैटरी गरम नहीं होती लेकिन हॉर्न नहीं बजता", {"SYM_ELEC_006"}),
        ("பிரேக்கில் சத்தம் வரவில்லை", set[str]()),
        ("फुल चार्ज पर फक्त ३५ किमी चालते", {"SYM_BATT_002"}),
        ("Scooter is not charging", set[str]()),
        ("gaadi charge nahi ho rahi", set[str]()),
    ],
)
def test_not_tells_or_denies(text: str, found: set[str]) -> None:
    assert symptoms(text) == found


@pytest.mark.parametrize(
    ("word", "typed", "language"),
    [
        ("गरम", ("garam", "garm", "gharam"), "mr"),
        ("வண்டி", ("vandi", "vanti", "wandi"), "ta"),
        ("ఆగిపోయింది", ("aagipoyindi", "agipoindi"), "te"),
        ("ಹೋಗ್ತಿಲ್ಲ", ("hogtilla", "hogthilla"), "kn"),
        ("ഓടുന്നില്ല", ("odunnilla", "oodunilla"), "ml"),
        ("হচ্ছে", ("hocche", "hochche"), "bn"),
        ("ਚੱਲਦੀ", ("chaldi", "challdi"), "pa"),
    ],
)
def test_spellings_share_a_key(word: str, typed: tuple[str, ...], language: str) -> None:
    key = sound_key(latin_letters(word), language)
    assert {sound_key(each, language) for each in typed} == {key}


@pytest.fixture(scope="module")
def silent(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> ReportReader:
    return ReportReader(lexicon, Embedder(str(tmp_path_factory.mktemp("none") / "none")))


@pytest.mark.parametrize(
    ("text", "language", "prompt"),
    [
        ("电池充不进电", "und", ENGLISH_PROMPT),
        ("asdf qwer", "und", ENGLISH_PROMPT),
        ("నాకు ఒక ప్రశ్న ఉంది", "te", "ఇందులో లోపం ఏమిటో చదవలేకపోయాము"),
        ("मुझे कल फोन कीजिए", "hi", "हम इस लेख से खराबी नहीं पढ़ पाए"),
    ],
)
async def test_what_cannot_be_read_is_asked_for_otherwise(
    text: str, language: str, prompt: str, silent: ReportReader
) -> None:
    understood = await silent.understand(FailureReport.parse(text))
    assert (understood.language, understood.readable) == (language, False)
    assert understood.unread is not None
    assert understood.unread.startswith(prompt)
    assert (understood.symptoms, understood.english, understood.embedding) == ((), "", None)


async def test_codes_count_in_what_cannot_be_read(silent: ReportReader) -> None:
    understood = await silent.understand(FailureReport.parse("电池 Ｐ０Ａ８０ 故障, Ather 450X"))
    assert (understood.codes, understood.vehicle.model) == (("sae:P0A80",), "450X")
    assert not understood.readable


async def test_symptoms_stand_for_a_text_that_is_not_english(reader: ReportReader) -> None:
    understood = await reader.understand(FailureReport.parse("வண்டி சார்ஜ் ஆகவில்லை"))
    assert understood.english == "Charging does not start"
    assert [seen.code for seen in understood.symptoms] == ["SYM_CHRG_001"]
    english = await reader.understand(FailureReport.parse("Charging does not start"))
    assert understood.embedding == english.embedding
    assert (english.in_english, english.readable, english.language) == (None, True, "en")


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("gaadi charge nahi ho rahi hai", "Charging does not start"),
        ("bhai kal wala parking cable aur slope wala photo bhi hai", "parking cable slope photo"),
        ("bhai kal wala cable 50 100 bhi hai", ""),
    ],
)
async def test_of_hinglish_the_symptoms_or_its_english_words_are_compared(
    text: str, english: str, silent: ReportReader
) -> None:
    understood = await silent.understand(FailureReport.parse(text))
    assert (understood.language, understood.english) == ("hi-Latn", english)
    assert understood.readable


def test_only_english_is_compared_by_meaning() -> None:
    assert is_mostly_english("Battery overheats on the highway, Ather 450X")
    assert not is_mostly_english("gaadi charge nahi ho rahi hai")
    assert not is_mostly_english("बैटरी गरम हो रही है")


def test_patterns_name_shipped_symptoms_and_known_concepts(lexicon: Lexicon) -> None:
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert told["symptoms"].keys() <= lexicon.symptom_texts.keys()
    known = {
        concept for each in ("en", *concepts.languages()) for concept in concepts.words_of(each)
    }
    used = {
        concept
        for patterns in told["symptoms"].values()
        for pattern in patterns
        for slot in pattern.removeprefix(",").split()
        for concept in slot.lstrip("-").split("|")
    }
    assert used - known == set()
    assert {*told["components"].values()} <= known


def test_each_language_has_words_prompts_and_a_script() -> None:
    told = yaml.safe_load(languages.FILE.read_text(encoding="utf-8"))
    assert {*concepts.languages()} == {"hi", *SCRIPTS.values()}
    assert {*told["prompts"]} == {"en", *concepts.languages()}
    assert {*told["latin"]} == {"en"} | {f"{each}-Latn" for each in concepts.languages()}
    asked = {"not", "charge", "battery", "stop", "start", "range", "brake", "noise", "light"}
    for language in concepts.languages():
        assert {c for c in asked if not concepts.native_words(language).get(c)} == set()


def test_every_word_is_of_one_script() -> None:
    """A letter of another script that looks alike makes a word that nobody types."""
    for language in concepts.languages():
        every = concepts.each_word(concepts.words_of(language))
        assert [word for word in every if len(_scripts(word)) > 1] == []


def _scripts(word: str) -> set[str]:
    return {unicodedata.name(letter).split()[0] for letter in word if letter.isalpha()}
