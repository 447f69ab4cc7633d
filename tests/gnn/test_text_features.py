"""Texts as numbers, against scikit-learn, and near duplicates as they are found."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from gnn.near_duplicates import duplicate_groups, seen_before
from gnn.text_features import GramKind, GramVocabulary, joined

TEXTS = ("battery does not charge", "Battery gets hot", "गाड़ी चालू नहीं", "")


def test_characters_weigh_as_in_scikit_learn() -> None:
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    expected = theirs.fit_transform(TEXTS).toarray()
    ours = GramVocabulary.learn(GramKind.CHARACTERS, TEXTS)
    columns = [theirs.vocabulary_[gram] for gram in ours.columns]
    assert len(ours.columns) == expected.shape[1]
    assert ours.rows(TEXTS).toarray() == pytest.approx(expected[:, columns], abs=1e-6)


def test_words_are_stems_alone_and_in_pairs() -> None:
    known = GramVocabulary.learn(GramKind.WORDS, ["charging charges"])
    assert list(known.columns) == ["charg", "charg charg"]


def test_unknown_text_is_zeros() -> None:
    known = GramVocabulary.learn(GramKind.WORDS, ["battery"])
    assert joined([known.rows(["motor"]), np.ones((1, 1), np.float32)]).toarray().tolist() == [
        [0.0, 1.0]
    ]


@pytest.mark.row("ML-12")
def test_near_duplicates_are_one_group() -> None:
    alike = ("charger does not start", "the charger does not start", "starts does charger not")
    groups = duplicate_groups([*alike, "brake squeals"])
    assert groups[0] == groups[1]
    assert groups[0] != groups[3]
    assert seen_before(["brake squealss", "motor hums"], ["brake squeals"]).tolist() == [
        True,
        False,
    ]
    assert seen_before([], ["brake squeals"]).tolist() == []
