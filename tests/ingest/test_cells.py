"""Cells as sheets write them: days, years, numbers, minutes, and the marks of web pages."""

from datetime import UTC, datetime

import pytest

from ingest.cells import (
    DayOrder,
    bare_text,
    fold_name,
    plain_markup,
    read_day,
    read_minutes,
    read_number,
    read_years,
)

SEPTEMBER = datetime(2020, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "20200904",
        "20200904.0",
        "2020-09-04",
        "2020/9/4",
        "2020-09-04T00:00:00.000Z",
        "2020-09-04 00:00:00",
        "04/09/2020",
        "4.9.2020",
        "04-09-20",
        "4-Sep-20",
        "4-Sept-2020",
        "04 September 2020",
        "4. September 2020",
        "4 septembre 2020",
        "4 septiembre 2020",
        "Sep 4, 2020",
        "September 4th, 2020",
        "Friday, September 4, 2020",
        "44078",
        "44078.0",
        '="2020-09-04"',
    ],
)
def test_a_day_is_read_however_it_is_written(cell: str) -> None:
    assert read_day(cell, DayOrder()) == SEPTEMBER


@pytest.mark.parametrize("cell", ["", "soon", "2020", "n/a", "4 Foo 2020", "99999"])
def test_what_names_no_day_is_none(cell: str) -> None:
    assert read_day(cell, DayOrder()) is None


@pytest.mark.parametrize("cell", ["31/02/2020", "20201340", "0/0/2020"])
def test_a_day_that_never_was_is_an_error(cell: str) -> None:
    with pytest.raises(ValueError, match=r"must be in|out of range"):
        read_day(cell, DayOrder())


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], SEPTEMBER),
        (["31/12/2020"], SEPTEMBER),
        (["12/31/2020"], datetime(2020, 4, 9, tzinfo=UTC)),
        (["12/31/2020", "31/12/2020"], SEPTEMBER),
        (["9/4/2020 12:00:00 AM"], datetime(2020, 4, 9, tzinfo=UTC)),
    ],
)
def test_the_dates_of_a_file_tell_which_comes_first(others: list[str], expected: datetime) -> None:
    order = DayOrder()
    for other in others:
        order.see(other)
    assert read_day("04/09/2020", order) == expected


@pytest.mark.parametrize(
    ("cell", "years"),
    [
        ("2020", (2020, 2020)),
        ("2020.0", (2020, 2020)),
        ("2,020", (2020, 2020)),
        ("MY2020", (2020, 2020)),
        ('="2020"', (2020, 2020)),
        ("'2020", (2020, 2020)),
        ("2019-2021", (2019, 2021)),
        ("2019 to 2021", (2019, 2021)),
        ("9999", (9999, 9999)),
        ("soon", None),
        ("20", None),
        ("", None),
    ],
)
def test_years_are_read(cell: str, years: tuple[int, int] | None) -> None:
    assert read_years(cell) == years


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234", "1234"),
        ("1 234 567", "1234567"),
        ("1,234.50", "1234.5"),
        ("0,8", "0.8"),
        ("80%", "0.8"),
        ("12.0", "12"),
        ("100", "100"),
        ("HIGH", "HIGH"),
        ("=1+1", "=1+1"),
    ],
)
def test_numbers_are_read(cell: str, number: str) -> None:
    assert read_number(cell) == number


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("90", "90"),
        ("1h", "60"),
        ("1 h 30 min", "90"),
        ("1.5 hours", "90"),
        ("1,5 Std", "90"),
        ("1:30", "90"),
        ("45 min", "45"),
        ("a while", "a while"),
        ("1h?", "1h?"),
    ],
)
def test_minutes_are_read(cell: str, minutes: str) -> None:
    assert read_minutes(cell) == minutes


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (
            'See <A HREF="https://x">this</A> &amp; the &quot;cable&quot;.',
            'See this & the "cable".',
        ),
        ("one<br/>two", "one two"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("below 5 < 7 V and > 3 V", "below 5 < 7 V and > 3 V"),
        ("R&D at AT&T", "R&D at AT&T"),
    ],
)
def test_the_marks_of_web_pages_are_left_out(cell: str, text: str) -> None:
    assert plain_markup(cell) == text


def test_a_formula_stays_a_text() -> None:
    assert bare_text("=HYPERLINK(1)") == "=HYPERLINK(1)"
    assert bare_text("'quoted' word") == "'quoted' word"


def test_names_are_compared_without_case_accents_and_signs() -> None:
    assert fold_name("Année-Modèle ") == fold_name("ANNEE_MODELE") == "anneemodele"
    assert fold_name("Größe") == "grosse"
