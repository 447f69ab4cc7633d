"""The Hindi of reasons (`domain.reason_sentences`).

A machine wrote it and no native speaker has checked it yet.
"""

from collections.abc import Sequence
from typing import assert_never

from domain.reasons import OutcomeCounts, Reason, ReasonKind, Standing

MUCH_ALIKE = 0.6
TEN = 10
WORDS = "इसमें आपके कुछ शब्द हैं"
VEHICLES = {
    "year": "यह आपके ही मॉडल और साल के लिए है",
    "model": "यह आपके मॉडल के लिए है, भले दूसरे साल का",
    "make": "यह आपकी ही कंपनी की गाड़ी के लिए है, भले दूसरे मॉडल का",
}
THINGS = {
    "symptom": "लक्षण",
    "code": "एरर कोड",
    "model": "मॉडल",
    "make": "कंपनी",
    "firmware": "सॉफ़्टवेयर वर्शन",
    "supplier": "बैटरी सप्लायर",
    "batch": "बैटरी बैच",
    "climate": "मौसम",
    "season": "साल के समय",
    "component": "पुर्ज़े",
    "part": "पार्ट",
}
# What is said of a code (`domain.codes.ToldCode.details`).
DETAILS = {
    "type": "प्रकार",
    "intermittent": "रुक-रुककर",
    "pending": "अभी पक्का नहीं",
    "stored": "मेमोरी में",
    "cleared": "मिटाया हुआ",
    "denied": "नहीं है",
}


def clause(reason: Reason) -> str:  # noqa: C901, PLR0911, PLR0912 - a case a kind
    """Give one reason as a short sentence of its own, without its end."""
    name = _quoted(reason.told[0]) if reason.told and reason.told[0] else ""
    match reason.kind:
        case ReasonKind.CODE:
            said = f" ({'; '.join(map(_detail, reason.told))})" if reason.told else ""
            return f"इसमें आपका एरर कोड {_bare(reason.subject)} है{said}"
        case ReasonKind.SYMPTOM:
            return f"इसमें भी {name or 'आपका बताया लक्षण'} लिखा है"
        case ReasonKind.VEHICLE:
            return VEHICLES.get(reason.subject, "यह आप जैसी गाड़ी के लिए है")
        case ReasonKind.MEANING:
            much = "बहुत" if float(reason.subject) >= MUCH_ALIKE else "कुछ-कुछ"
            return f"इसका विवरण आपकी रिपोर्ट से {much} मिलता है"
        case ReasonKind.WORDS:
            return f"इसमें आपके शब्द हैं: {', '.join(reason.told)}" if reason.told else WORDS
        case ReasonKind.NEIGHBOUR:
            return "यह आपकी बताई ख़राबी के पास के पार्ट, सप्लायर या कारण के बारे में है"
        case ReasonKind.COMPONENT:
            return f"यह {reason.told[0] if reason.told else 'उसी पुर्ज़े'} के बारे में है"
        case ReasonKind.OUTCOMES:
            return _held(reason.outcomes)
        case ReasonKind.PATH:
            return _path(reason)
        case ReasonKind.OTHER_CODE:
            return f"आपका एरर कोड {_bare(reason.subject)} इस कार्ड में नहीं है"
        case ReasonKind.OTHER_SYMPTOM:
            return f"आपने {name or 'एक और लक्षण'} भी बताया है, जो इस कार्ड में नहीं है"
        case ReasonKind.DENIED_SYMPTOM:
            return _denied(name, reason.told[1:])
        case ReasonKind.HEALTHY_FIGURE:
            return _healthy(name, reason.told[1:])
        case ReasonKind.OTHER_VEHICLE:
            return "यह दूसरी कंपनियों की गाड़ियों के लिए लिखा गया था"
        case _:
            assert_never(reason.kind)


def fitting(clauses: Sequence[str]) -> str:
    if not clauses:
        return "आपकी रिपोर्ट में कुछ भी सीधे इस कार्ड की ओर इशारा नहीं करता।"
    return f"यह मेल खाता है: {'; '.join(clauses)}।"


def misfitting(clauses: Sequence[str]) -> str:
    return f"यह मेल नहीं खाता: {'; '.join(clauses)}।"


def about(component: str) -> str:
    return f"यह इसके बारे में है: {component}।"


def tried(outcomes: OutcomeCounts, standing: Standing, *, reliable: bool) -> str:
    held = _held(outcomes)
    match standing:
        case Standing.UNPROVEN:
            return f"यह अभी नया है: {held}, इसलिए दो बार जाँचें।"
        case Standing.REFERENCE:
            return f"यह किताबी जानकारी से है, और {held}।"
        case Standing.PROVEN:
            return f"{held}{', इस पर भरोसा कर सकते हैं' if reliable else ''}।"
        case _:
            assert_never(standing)


def untried(standing: Standing) -> str:
    match standing:
        case Standing.UNPROVEN:
            return "यह नया है और अभी किसी ने नतीजा नहीं बताया: दो बार जाँचें।"
        case Standing.REFERENCE:
            return "यह किताबी जानकारी से है; किसी गैरेज ने अभी नतीजा नहीं बताया।"
        case Standing.PROVEN:
            return "यह पहले काम कर चुका है।"
        case _:
            assert_never(standing)


def likely(tenths: int) -> str:
    if not tenths:
        return "ऐसा सुझाव शायद ही कभी सही निकलता है।"
    if tenths == TEN:
        return "ऐसा सुझाव लगभग हर बार सही निकलता है।"
    return f"ऐसे 10 में से लगभग {tenths} सुझाव सही निकलते हैं।"


def _held(outcomes: OutcomeCounts | None) -> str:
    if outcomes is None or not outcomes.n:
        return "इसे अभी आज़माया नहीं गया"
    if outcomes.n == 1:
        return f"इसकी एक मरम्मत {'टिकी' if outcomes.successes else 'नहीं टिकी'}"
    return f"इसकी {outcomes.n} में से {outcomes.successes} मरम्मतें टिकीं"


def _path(reason: Reason) -> str:
    kind, _, name = reason.subject.partition(":")
    thing = THINGS.get(kind, "चीज़")
    if kind == "code":
        thing = f"{thing} {_bare(name)}"
    if kind == "symptom" and reason.told:
        thing = f"{thing} {_quoted(reason.told[0])}"
    if reason.outcomes is None:
        return f"इसमें वही {thing} है"
    held, n = reason.outcomes.successes, reason.outcomes.n
    if n == 1:
        return f"उसी {thing} की एक पुरानी मरम्मत में यह {'टिका' if held else 'नहीं टिका'}"
    return f"उसी {thing} की {n} पुरानी मरम्मतों में से {held} में यह टिका"


def _denied(name: str, figure: Sequence[str]) -> str:
    about = name or "ख़राब माप"
    if figure:
        return f"आपने {figure[0]} नापा, जो ठीक है, और यह कार्ड {about} के बारे में है"
    return f"आपने कहा कि {name or 'ऐसा'} नहीं है, और यह कार्ड उसी के बारे में है"


def _healthy(name: str, figures: Sequence[str]) -> str:
    measured, good = figures
    said = f"आपने {measured} नापा" if measured else f"आपने {name or 'एक लक्षण'} बताया"
    return f"{said}; यह कार्ड वहाँ सही माप ({good}) की बात करता है"


def _detail(said: str) -> str:
    return " ".join(DETAILS.get(word.rstrip(","), word) for word in said.split())


def _bare(key: str) -> str:
    return key.rpartition(":")[2]


def _quoted(name: str) -> str:
    return f"“{name}”"
