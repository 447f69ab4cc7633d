"""Fit how a danger is told by the meaning of a whole text: `python -m bench.hazard_fit`.

A multinomial logistic regression on the encoder's vectors: one class a kind of hazard, and none. It
has seen the phrasings of `TUNED_ON`, the vocabulary's phrases of symptoms, the labelled sentences
of the tests without a word of danger, and the complaints labelled `tuned`; nothing held back.
"""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.quality import NHTSA
from ingest import knowledge
from ingest.embedder import Embedder
from ingest.hazard_classifier import FILE, LONGEST, NONE
from ingest.hazards import find_hazards
from tests.ingest.hazards import TUNED_ON, harmless_complaints, phrasings
from tests.ingest.labelled_reports import SENTENCES

LANGUAGES = {"English", "Hinglish"}
STRENGTH = 10.0
DIGITS = 3
AT_ONCE = 32
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
Labelled = tuple[str, str]


def labelled() -> Sequence[Labelled]:
    """Give the texts that the fit sees, each with its hazard or `none`."""
    told = [
        (one.text, one.hazard if one.danger else NONE)
        for name in TUNED_ON
        for one in phrasings(name)
        if one.language in LANGUAGES
    ]
    told += [
        (phrase, KINDS.get(symptom.code, NONE))
        for symptom in knowledge.read_knowledge().symptoms
        if symptom.code not in UNSURE
        for phrase in dict.fromkeys((symptom.text, *symptom.phrases))
    ]
    told += [(one.text, NONE) for one in SENTENCES if not find_hazards(one.text)]
    complaints = harmless_complaints("tuned", NHTSA / "complaints.csv")
    return [*told, *((" ".join(text.split()[:LONGEST]), NONE) for text in complaints)]


async def embedded(texts: Sequence[str]) -> tuple[str, np.ndarray]:
    """Give the name of the encoder and a vector of each text, [texts, dimensions]."""
    with tempfile.TemporaryDirectory() as home:
        embedder = Embedder(home=Path(home), limit_s=600.0)
        found = [
            one
            for start in range(0, len(texts), AT_ONCE)
            for one in await embedder.embed(texts[start : start + AT_ONCE], patient=True)
        ]
        embedder.close()
    return found[0].model, np.array([one.vector for one in found], dtype=np.float32)


def main() -> None:
    """Fit, and write the weights beside the reader."""
    told = labelled()
    model, vectors = asyncio.run(embedded([text for text, _ in told]))
    fit: Any = LogisticRegression(C=STRENGTH, max_iter=5_000)
    fit.fit(vectors, [kind for _, kind in told])
    kinds = [str(kind) for kind in fit.classes_]
    weights: dict[str, Any] = {
        "model": model,
        "texts": len(told),
        "kinds": kinds,
        "intercepts": np.round(fit.intercept_, DIGITS).tolist(),
        "weights": np.round(fit.coef_, DIGITS).tolist(),
    }
    FILE.write_text(json.dumps(weights) + "\n", encoding="utf-8")
    print(f"{len(told)} texts, {len(kinds)} classes: {FILE.name}")


if __name__ == "__main__":
    main()
