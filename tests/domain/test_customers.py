"""What a name is found by, and the one form of what is typed to find somebody."""

import pytest

from domain.customers import (
    CustomerSearch,
    SearchKind,
    name_parts,
    name_words,
    parse_search,
    phone_digits,
    sought_parts,
)
from domain.errors import InvalidInput

NAMES = ("Meera Joshi", "Ravi K. Iyer", "José Müller & Söhne", "राम कृष्ण", "மீனா", "Om Shree 24x7")


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("98220 12345", "919822012345"),
        ("+91-98220-12345", "919822012345"),
        ("098220 12345", "919822012345"),
        ("९८२२० १२३४५", "919822012345"),
        ("(020) 2612-3456", "2026123456"),
        ("+971 50 123 4567", "971501234567"),
        ("Meera", None),
        ("24x7", None),
    ],
)
def test_a_telephone_has_one_spelling(typed: str, digits: str | None) -> None:
    assert phone_digits(typed) == digits


def test_words_lose_case_and_accents() -> None:
    assert name_words("José MÜLLER-Söhne, josé") == ("jose", "muller", "sohne")
    assert name_words("कृष्ण") == ("कृष्ण",)


@pytest.mark.parametrize("name", NAMES)
def test_any_part_of_a_name_finds_it(name: str) -> None:
    marked = name_parts(name_words(name))
    for word in name_words(name):
        parts = {word[n:m] for n in range(len(word)) for m in range(n + 3, len(word) + 1)}
        for part in {*parts, word[:2]} - {word[:1]}:
            sought = CustomerSearch(kind=SearchKind.NAME, words=(part,))
            assert sought_parts(sought.words) <= marked
            assert sought.fits(name)


def test_every_word_has_to_fit() -> None:
    sought = parse_search("josh mee")
    assert [sought.fits(name) for name in ("Meera Joshi", "Joshi, Sameer", "Meera Iyer")] == [
        *(True, True, False)
    ]
    # Two letters stand at the beginning of a word alone, or half the garage would be found.
    assert [parse_search("om").fits(name) for name in ("Om Shree", "Soman")] == [True, False]


def test_what_is_typed_tells_its_kind() -> None:
    found = [parse_search(text) for text in ("98220 12345", "27 aapfu 0939 f1zv", "meera JOSHI")]
    assert found == [
        CustomerSearch(kind=SearchKind.PHONE, value="919822012345"),
        CustomerSearch(kind=SearchKind.GSTIN, value="27AAPFU0939F1ZV"),
        CustomerSearch(kind=SearchKind.NAME, words=("meera", "joshi")),
    ]


@pytest.mark.parametrize("typed", ["", " ", "m", "a b c", "--", "m" * 101])
def test_what_finds_nobody_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_search(typed)
    assert refused.value.field == "search"
