"""Which rows of the specification each bar proves, by the figure that they accept."""

from collections.abc import Mapping

ROWS: Mapping[str, tuple[str, ...]] = {
    "diagnosis_calibration": ("ML-27",),
    "match_p99_ms": ("MA-8",),
    "push_p95_ms": ("EX-3",),
    "urgent_push_p99_ms": ("SY-4",),
    "batch_age_s": ("SY-5",),
    "broadcast_p99_ms": ("SY-2",),
    "broadcast_slow_ratio": ("SY-2",),
    "catch_up_s": ("OF-6",),
    "invoice_gaps": ("IN-2",),
}
