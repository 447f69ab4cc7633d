"""A report of several failures is answered with the best card of each first."""

from dataclasses import replace

from domain.matches import Level
from domain.reports import FailureReport
from matching.answers import MatchAnswer
from matching.failures import failures_of, join_answers
from tests.matching.test_matcher import REPORT


def test_each_failure_is_named_with_its_own_answer() -> None:
    told = [replace(REPORT, report=FailureReport.parse(text)) for text in ("one", "two")]
    good = MatchAnswer(matches=(), level=Level.AI, ranker="r", prompt="none")
    poor = MatchAnswer(matches=(), level=Level.KEYWORD, ranker="r", degraded="slow", prompt="none")
    joined = join_answers(told, [good, poor], 5)
    assert (joined.level, joined.degraded, joined.matches) == (Level.KEYWORD, "slow", ())
    assert [(one.text, one.prompt) for one in joined.failures] == [("one", "none"), ("two", "none")]


def test_typed_codes_keep_the_whole_report_beside_its_failures() -> None:
    parts = (replace(REPORT, codes=()),)
    coded = replace(REPORT, report=FailureReport.parse("two", ("E401",)), failures=parts)
    assert failures_of(coded) == (replace(coded, failures=()), *parts)
    plain = replace(coded, report=FailureReport.parse("two"))
    assert failures_of(plain) == parts
