"""Entries of the vocabulary that are believed for a while, and read together when it is over."""

from graph.recent_entries import RecentEntries


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_was_asked_lately_is_read_along_once() -> None:
    clock = Clock()
    recent = RecentEntries(5.0, now=clock)
    recent.keep("part", [("a", 1), ("b", 2), ("c", 3)])
    recent.keep("code", [("x", 4)])

    assert recent.known("part", ["a", "c", "z"]) == {"a": 1, "c": 3}
    assert recent.one("code", "x") == 4
    clock.now += 5.0
    assert recent.known("part", ["a", "b"]) == {}
    assert recent.asked_lately("part") == ["a", "c"]
    assert recent.asked_lately("part") == []
    recent.keep("part", [("a", 5)])
    clock.now += 5.0
    assert recent.asked_lately("part") == ["c"]


def test_the_oldest_goes_when_there_are_too_many() -> None:
    recent = RecentEntries(most=2, now=Clock())
    recent.keep("part", [("a", 1), ("b", 2), ("c", 3)])

    assert (len(recent), recent.known("part", ["a", "b", "c"])) == (2, {"b": 2, "c": 3})
