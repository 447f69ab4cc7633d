"""What the answer to a document says of the deprecated fields it asks (AP-5).

`Deprecation` (RFC 9745) is when the first of them was deprecated, `Sunset` (RFC 8594) the first
moment at which one of them may be gone.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from resolvers.deprecated_uses import DeprecatedUse
from schema.deprecations import read_deprecations

ONE_DAY = timedelta(days=1)


def deprecation_headers(uses: Sequence[DeprecatedUse]) -> dict[str, str]:
    """Give the headers of an answer; none where nothing deprecated is asked."""
    if not uses:
        return {}
    asked = {use.coordinate for use in uses}
    since = [one.since for one in read_deprecations() if one.coordinate in asked]
    ends = [use.goes_after for use in uses if use.goes_after is not None]
    found: dict[str, str] = {}
    if since:
        found["deprecation"] = f"@{int(_midnight(min(since)).timestamp())}"
    if ends:
        found["sunset"] = format_datetime(_midnight(min(ends) + ONE_DAY), usegmt=True)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
