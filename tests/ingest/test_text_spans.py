"""Places of a text as one union, and the phrases that a text may hold at all."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.lexicon import LIKELY, Lexicon
from ingest.text_spans import TextSpans

PLACES = st.lists(st.integers(0, 60), min_size=2, max_size=12, unique=True).map(
    lambda ends: [*pairwise(sorted(ends))][::2]
)
SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda s: (s[0], s[0] + s[1])), max_size=9
)


@given(SPANS, PLACES)
def test_overlap_is_with_any_of_them(
    spans: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    union = TextSpans(spans)
    for start, end in asked:
        assert union.overlap(start, end) == any(start < b and end > a for a, b in spans)


@given(drawn=st.data())
def test_no_phrase_is_there_without_one_of_its_leads(
    drawn: st.DataObject, lexicon: Lexicon
) -> None:
    number = drawn.draw(st.integers(0, len(lexicon.phrases) - 1))
    stems = lexicon.phrases[number].stems
    there = drawn.draw(st.sets(st.sampled_from(stems)))
    weight = sum(lexicon.weights[stem] for stem in stems if stem in there)
    if weight >= LIKELY * lexicon.totals[number]:
        assert any(number in lexicon.leads.get(stem, ()) for stem in there)
