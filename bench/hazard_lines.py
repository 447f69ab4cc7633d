"""What the fits of dangers learn from: texts, each with its danger or none, by who wrote them."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bench.quality import NHTSA
from ingest import knowledge
from ingest.hazard_sounds import MOST_WORDS
from ingest.hazards import told_hazards
from tests.ingest.hazards import FITTED_ON, ONE_WRITER, harmless_complaints, phrasings
from tests.ingest.labelled_reports import SENTENCES

NONE = "none"
ENGLISH = "English"
FOLDS = 5
# What these symptoms say of people; the others in `UNSURE` may go either way.
KINDS = {
    "SYM_BATT_007": "swelling",
    "SYM_BATT_008": "water",
    "SYM_BATT_009": "burning_smell",
    "SYM_BATT_016": "smoke",
    "SYM_BATT_017": "fire",
    "SYM_BATT_018": "hissing",
    "SYM_BATT_020": "water",
    "SYM_BRAK_010": "brakes",
    "SYM_CHRG_005": "hot",
    "SYM_CHRG_014": "smoke",
    "SYM_ELEC_011": "burning_smell",
    "SYM_ELEC_013": "shock",
    "SYM_ELEC_015": "movement",
    "SYM_MOTR_007": "burning_smell",
    "SYM_MOTR_010": "movement",
    "SYM_BATT_019": "live",
    "SYM_STER_009": "frame",
    "SYM_STER_010": "steering",
    "SYM_STER_011": "frame",
    "SYM_STER_013": "frame",
}
UNSURE = frozenset(
    "SYM_BATT_005 SYM_BATT_023 SYM_BMS_005 SYM_BRAK_001 SYM_BRAK_006 SYM_BRAK_007 SYM_BRAK_011 "
    "SYM_CHRG_008 SYM_CHRG_010 SYM_CTRL_004 SYM_CTRL_009 SYM_CTRL_010".split()
)


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A text with the kind of its danger, or `none`."""

    text: str
    hazard: str
    language: str

    @property
    def danger(self) -> bool:
        return self.hazard != NONE


def labelled_lines() -> Mapping[str, Sequence[LabelledLine]]:
    """Give the lines in the groups that are left out one after another.

    A file is a group; what one hand wrote or one source has is cut into `FOLDS`, since without any
    of it nothing is known of its kind.
    """
    files = {name: _phrasings(name) for name in FITTED_ON if name not in ONE_WRITER}
    own = list(chain.from_iterable(map(_phrasings, ONE_WRITER)))
    sources = [_mixed(own), _mixed(_symptoms()), _mixed(_complaints()), _mixed(_sentences())]
    folds = {
        f"fold {at}": [line for source in sources for line in source[at::FOLDS]]
        for at in range(FOLDS)
    }
    return files | folds


def _phrasings(name: str) -> list[LabelledLine]:
    told = phrasings(name)
    return [
        LabelledLine(one.text, one.hazard if one.danger else NONE, one.language) for one in told
    ]


def _symptoms() -> Iterator[LabelledLine]:
    for symptom in knowledge.read_knowledge().symptoms:
        if symptom.code not in UNSURE:
            for phrase in dict.fromkeys((symptom.text, *symptom.phrases)):
                yield LabelledLine(phrase, KINDS.get(symptom.code, NONE), ENGLISH)


def _complaints() -> Iterator[LabelledLine]:
    for text in harmless_complaints("tuned", NHTSA / "complaints.csv"):
        yield LabelledLine(" ".join(text.split()[:MOST_WORDS]), NONE, ENGLISH)


def _sentences() -> Iterator[LabelledLine]:
    for one in SENTENCES:
        if not told_hazards(one.text):
            yield LabelledLine(one.text, NONE, ENGLISH)


def _mixed(lines: Iterable[LabelledLine]) -> Sequence[LabelledLine]:
    told = list(lines)
    return random.Random(1).sample(told, len(told))
