"""What reads people's words without an expression takes a time that grows with the text alone."""

from collections.abc import Callable, Mapping

import pytest

from domain.characters import plain_text
from domain.personal_data import mask_personal
from domain.sentences import one_line
from ingest import knowledge
from ingest.extraction import find_in_text, split_text
from ingest.lexicon import Lexicon
from ingest.quantities import find_quantities
from ingest.text_codes import find_codes
from ingest.text_phrases import find_phrases
from tests.hostile.growth import WORST_GROWTH, growth
