"""Fit how dangers are told in words that are not listed: `python -m bench.hazard_fit`.

Two fits: by how words sound, in every language, and by the meaning of a whole text in English or
Hinglish. Both have seen the phrasings of `FITTED_ON`, the vocabulary's phrases of symptoms, the
labelled sentences of the tests without a word of danger, and the complaints labelled `tuned`;
nothing that is held back, nor what was held back once.
"""

import asyncio

from bench.hazard_lines import labelled_lines
from bench.hazard_meaning_fit import fit_meanings
from bench.hazard_sound_fit import fit_sounds


def main() -> None:
    """Fit both, and write their weights beside the readers."""
    groups = labelled_lines()
    margins = fit_sounds(groups)
    asyncio.run(fit_meanings(groups, margins))


if __name__ == "__main__":
    main()
