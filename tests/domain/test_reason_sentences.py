"""Why a card is suggested, word by word, in both languages."""

import pytest

from domain.languages import Language, reader_language
from domain.reason_sentences import reason_clause, suggestion_sentence
from domain.reasons import OutcomeCounts, Reason, ReasonKind, Standing

pytestmark = pytest.mark.row("PI-7")
EN, HI = Language.ENGLISH, Language.HINDI
NAME = "Cell voltage difference warning"
HINDI = {NAME: "सेलों के वोल्टेज में अंतर की चेतावनी", "BMS module": "BMS मॉड्यूल"}
CODE = Reason(kind=ReasonKind.CODE, subject="ather:E401", told=("type 16, stored",))
SYMPTOM = Reason(kind=ReasonKind.SYMPTOM, subject="SYM_BMS_002", told=(NAME,))
YEAR = Reason(kind=ReasonKind.VEHICLE, subject="year")
COMPONENT = Reason(kind=ReasonKind.COMPONENT, subject="bms_module", told=("BMS module",))
MEASURED = Reason(kind=ReasonKind.HEALTHY_FIGURE, subject="SYM_BATT_011", told=("", "41 V", "52 V"))


def _tried(successes: int, n: int) -> Reason:
    outcomes = OutcomeCounts.counted(successes, n)
    return Reason(kind=ReasonKind.OUTCOMES, subject="fc_a", outcomes=outcomes)


def _path(subject: str, told: tuple[str, ...], tried: tuple[int, int] | None) -> Reason:
    outcomes = None if tried is None else OutcomeCounts.counted(*tried)
    return Reason(kind=ReasonKind.PATH, subject=subject, told=told, outcomes=outcomes)


WHOLE = (CODE, SYMPTOM, YEAR, MEASURED, COMPONENT, _tried(178, 189))


def test_a_suggestion_reads_aloud() -> None:
    assert suggestion_sentence(WHOLE, Standing.PROVEN, EN, chance=0.81) == (
        "This card lists your error code E401 (type 16, stored), tells of “Cell voltage difference "
        "warning” as you do and is for your model and year. But you measured 41 V; this card "
        "speaks of a good value there (52 V). It is about: BMS module. It held in 178 of 189 "
        "repairs, so you can rely on it. About 8 in 10 suggestions like this are right."
    )


def test_a_suggestion_reads_aloud_in_hindi() -> None:
    said = suggestion_sentence(
        WHOLE, Standing.PROVEN, HI, lambda name, _: HINDI.get(name), chance=0.81
    )
    assert said == (
        "यह मेल खाता है: इसमें आपका एरर कोड E401 है (प्रकार 16, मेमोरी में); इसमें भी “सेलों के वोल्टेज में "
        "अंतर की चेतावनी” लिखा है; यह आपके ही मॉडल और साल के लिए है। यह मेल नहीं खाता: आपने 41 V नापा; "
        "यह कार्ड वहाँ सही माप (52 V) की बात करता है। यह इसके बारे में है: BMS मॉड्यूल। इसकी 189 में से 178 "
        "मरम्मतें टिकीं, इस पर भरोसा कर सकते हैं। ऐसे 10 में से लगभग 8 सुझाव सही निकलते हैं।"
    )


def test_a_name_without_translation_stays_english() -> None:
    assert reason_clause(SYMPTOM, HI) == f"इसमें भी “{NAME}” लिखा है"


@pytest.mark.row("MA-6")
@pytest.mark.parametrize(
    ("standing", "tried", "said"),
    [
        (
            Standing.UNPROVEN,
            (0, 0),
            "It is new, and nobody has told yet how it went: check twice.",
        ),
        (
            Standing.REFERENCE,
            (0, 0),
            "It comes from the reference books; no garage has told yet how it went.",
        ),
        (
            Standing.UNPROVEN,
            (1, 1),
            "It is still new: it held in the one repair that followed it, so check twice.",
        ),
        (
            Standing.REFERENCE,
            (0, 1),
            (
                "It comes from the reference books, and did not hold in the one repair that "
                "followed it."
            ),
        ),
        (Standing.PROVEN, (7, 9), "It held in 7 of 9 repairs."),
    ],
)
def test_how_sure_it_is_goes_by_what_was_tried(
    standing: Standing, tried: tuple[int, int], said: str
) -> None:
    told = suggestion_sentence([CODE, _tried(*tried)], standing, EN)
    assert told == f"This card lists your error code E401 (type 16, stored). {said}"


def test_no_evidence_is_admitted() -> None:
    assert suggestion_sentence([], Standing.UNPROVEN, EN) == (
        "Nothing in your report points straight to this card. "
        "It is new, and nobody has told yet how it went: check twice."
    )


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.01, "A suggestion like this is hardly ever right."),
        (0.12, "About one in ten suggestions like this is right."),
        (0.5, "About 5 in 10 suggestions like this are right."),
        (0.97, "Nearly every suggestion like this is right."),
    ],
)
def test_a_chance_is_told_in_tenths(chance: float, said: str) -> None:
    assert suggestion_sentence([], Standing.PROVEN, EN, chance=chance).endswith(said)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (_path("make:ather", (), None), "names the same make"),
        (
            _path("symptom:SYM_BMS_002", (NAME,), (2, 3)),
            f"held in 2 of 3 earlier repairs with the same symptom “{NAME}”",
        ),
        (
            _path("code:sae:P0A80", (), (0, 1)),
            "did not hold in an earlier repair with the same error code P0A80",
        ),
        (
            Reason(kind=ReasonKind.DENIED_SYMPTOM, subject="SYM_BMS_002", told=(NAME, "8 mV")),
            f"you measured 8 mV, which is good, and it is about “{NAME}”",
        ),
        (
            Reason(kind=ReasonKind.DENIED_SYMPTOM, subject="SYM_BMS_002", told=(NAME,)),
            f"you say that there is no “{NAME}”, and it is about that",
        ),
        (
            Reason(kind=ReasonKind.HEALTHY_FIGURE, subject="x", told=(NAME, "", "8 mV")),
            f"you report “{NAME}”; this card speaks of a good value there (8 mV)",
        ),
        (
            Reason(kind=ReasonKind.OTHER_SYMPTOM, subject="x", told=(NAME,)),
            f"you also report “{NAME}”, of which it does not speak",
        ),
        (
            Reason(kind=ReasonKind.OTHER_CODE, subject="ather:E9"),
            "your error code E9 is not on it",
        ),
        (Reason(kind=ReasonKind.MEANING, subject="0.825"), "reads much like your report"),
        (Reason(kind=ReasonKind.MEANING, subject="0.412"), "reads partly like your report"),
        (
            Reason(kind=ReasonKind.WORDS, subject="4", told=("door", "shut")),
            "has your words door, shut",
        ),
    ],
)
def test_a_reason_is_told_by_itself(reason: Reason, said: str) -> None:
    assert reason_clause(reason, EN) == said


@pytest.mark.parametrize(
    ("tag", "language"),
    [("hi", HI), ("hi-Latn", HI), ("en", EN), ("ta", EN), ("und", EN), ("", EN)],
)
def test_a_reader_gets_the_nearest_language(tag: str, language: Language) -> None:
    assert reader_language(tag) is language
