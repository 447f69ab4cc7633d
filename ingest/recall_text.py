"""What a recall's paragraphs say of the failure, without what they say of letters and hotlines.

Nothing is added: each result is made of the text's own sentences.
"""

import re

from domain.cards import FailureMode, Severity, SolutionType

ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|No|Nos|St|approx|incl|vs)|\b[A-Z]|U\.S|P\.O)\.$")
END = re.compile(r"[.!?][\"”)]*\s+(?=[\"“(]*[A-Z0-9])")
SPACE = re.compile(r"\s+")
OPENING = re.compile(
    r"\brecall(?:ing|ed) (?:certain|all|select|approximately|an? )|is recalling\b"
    r"|^(?:vehicle|equipment) description:|notified nhtsa of a defect",
    re.IGNORECASE,
)
AFTER_VEHICLES = re.compile(
    r"^.*?\brecall(?:ing|ed)\b.*?\b(?:vehicles?|trucks|sedans?|motorcycles?)\b[\s,]*", re.IGNORECASE
)
LEGAL = re.compile(r"fail(?:s|ed)? to comply with the requirements", re.IGNORECASE)
OFFICE = re.compile(
    r"owners? (?:may|should|can|will (?:also )?(?:be|receive|have)|were|notif|letters?|is)"
    r"|letters? (?:were|are|will|notif)|\bletters?,? (?:was|is)|notices? (?:will|inform|were)"
    r"|number for (?:this|the) recall|numbers for this|recall number"
    r"|recall (?:is )?(?:began|expected)"
    r"|safety recall began|recall was expected|vehicle identification numbers?|customer service"
    r"|this recall (?:is|expands|supersedes|replaces|was)|previously (?:repaired|remedied)"
    r"|(?:already|previously) repaired under|hotline|nhtsa\.gov|safercar|notification (?:began|is)"
    r"|(?:has|have) not (?:yet )?provided|vehicles repaired under",
    re.IGNORECASE,
)
FREE = re.compile(
    r"(?:,|(?<![\s,]))\s*"
    r"(?:at no (?:charge|cost)(?: to (?:the )?owners?)?|free of charge|without charge)",
    re.IGNORECASE,
)
ONLY_FREE = re.compile(
    r"^(?:(?:all|the|these|recall|any) ){0,3}(?:inspections and )?(?:repairs?|remed(?:y|ies))"
    r"(?: and inspections)? (?:will be|is|are|were) ?(?:performed|done|completed|provided)?\W*$",
    re.IGNORECASE,
)
WHO_WILL = re.compile(
    r"^(?:.{0,80}?\b(?:notify|notified|mail|mailed)\b.{0,40}?,?\s+and\s+)?"
    r"(?:in addition, |additionally, )?"
    r"(?:[\w'’.&-]+ ){0,3}(?:dealers|service|centers|technicians)(?: centers)? will (?:also )?",
    re.IGNORECASE,
)
TITLE_CHARACTERS = 140
CAUSE_WORDS = re.compile(
    r"\b(?:due to|because|caused by|may have been|was not|were not|may not have been|incorrect"
    r"|improper|insufficient|manufactur|contamina|software error|defect in)",
    re.IGNORECASE,
)
# First match wins, so what says most stands first.
MODES: tuple[tuple[re.Pattern[str], FailureMode], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), mode)
    for pattern, mode in (
        (r"\bsoftware\b|\bprogramm|\bcalibration error", FailureMode.SOFTWARE_FAULT),
        (r"short[- ]circuit|electrical short|\bshort(?:ing|s)?\b", FailureMode.SHORT_CIRCUIT),
        (r"water (?:may |can )?(?:intru|enter|ingress|get)|moisture", FailureMode.WATER_INGRESS),
        (r"\bcorro", FailureMode.CORROSION),
        (r"\bcrack|\bfractur|\bbreak\b|\bbroken\b|\bshear", FailureMode.FRACTURE),
        (r"\bleak", FailureMode.LEAKAGE),
        (r"\boverheat", FailureMode.OVERHEATING),
        (r"\bloose|\bdetach|\bcome off|\bseparat|torque", FailureMode.LOOSENING),
        (r"\bwear\b|\bworn\b|\bchaf", FailureMode.WEAR),
        (r"\bcontaminat|\bdebris", FailureMode.CONTAMINATION),
        (r"communicat", FailureMode.COMMUNICATION_LOSS),
    )
)
HARM = re.compile(r"\b(?:fire|crash|injur|burn|shock|rollaway)", re.IGNORECASE)


def split_sentences(text: str) -> list[str]:
    """Split into sentences; an abbreviation or a decimal point ends none."""
    flat = SPACE.sub(" ", text).strip()
    found: list[str] = []
    start = 0
    for end in END.finditer(flat):
        if not ABBREVIATED.search(flat[max(start, end.start() - 12) : end.start() + 1]):
            found.append(flat[start : end.end()].strip())
            start = end.end()
    return [*found, flat[start:]] if flat[start:] else found


def failure_text(summary: str) -> str:
    """Give what fails: the summary without its opening, and without the standard it breaks."""
    every = split_sentences(summary)
    told = [s for s in every if not LEGAL.search(s) and not OFFICE.search(s)]
    rest = [s for n, s in enumerate(told) if n > 0 or not OPENING.search(s)]
    if rest:
        return " ".join(rest)
    return " ".join(AFTER_VEHICLES.sub("", s) for s in told or every) or summary.strip()


def symptom_text(summary: str, consequence: str) -> str:
    """Give the failure and what it leads to."""
    return f"{failure_text(summary)} {SPACE.sub(' ', consequence).strip()}".strip()


def card_title(summary: str) -> str:
    """Give the first sentence of the failure, cut at a word."""
    first = (split_sentences(failure_text(summary)) or [summary])[0].rstrip(". ")
    if len(first) > TITLE_CHARACTERS:
        first = first[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;: ") + " …"
    return first[:1].upper() + first[1:]


def cause_text(summary: str) -> str:
    """Give the sentence that says why, or else the first that says what fails."""
    told = split_sentences(failure_text(summary)) or [summary]
    return next((s for s in told if CAUSE_WORDS.search(s)), told[0])


def remedy_steps(remedy: str) -> tuple[str, ...]:
    """Give what the workshop does, one sentence a step, in the text's own words."""
    told = tuple(step for s in split_sentences(remedy) if (step := _step_text(s)))
    return told or ((remedy.strip(),) if remedy.strip() else ())


def read_failure_mode(summary: str) -> FailureMode:
    told = failure_text(summary)
    return next((mode for pattern, mode in MODES if pattern.search(told)), FailureMode.UNKNOWN)


def read_severity(consequence: str, *, parked: bool) -> Severity:
    """Give how bad it is: critical when owners are told to park outside or not to drive."""
    if parked:
        return Severity.CRITICAL
    return Severity.HIGH if HARM.search(consequence) else Severity.MEDIUM


def read_solution_type(remedy: str) -> SolutionType:
    told = " ".join(remedy_steps(remedy)).casefold()
    if "replac" in told:
        return SolutionType.COMPONENT_REPLACEMENT
    if "software" in told or "over-the-air" in told or "reprogram" in told:
        return SolutionType.FIRMWARE_UPDATE
    if "recalibrat" in told:
        return SolutionType.RECALIBRATION
    return SolutionType.ADJUSTMENT if "adjust" in told else SolutionType.REPAIR


def _step_text(sentence: str) -> str:
    done = WHO_WILL.sub("", FREE.sub("", sentence)).strip()
    if OFFICE.search(done) or ONLY_FREE.match(done) or not re.search(r"\w{3}", done):
        return ""
    return done[:1].upper() + done[1:]
