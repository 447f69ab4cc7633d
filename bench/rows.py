"""Which rows of the specification each bar proves, by the figure that they accept."""

from collections.abc import Mapping

ROWS: Mapping[str, tuple[str, ...]] = {
    "diagnosis_calibration": ("ML-27",),
    "ranker_gain_formula": ("ML-30",),
    "match_p99_ms": ("MA-8",),
    "lookup_p95_ms": ("IX-2", "IX-3", "IX-4"),
    "push_p95_ms": ("EX-3",),
    "catch_up_s": ("OF-6",),
    "revocation_ms": ("CC-6", "CC-14"),
    "log_rows_s": ("CA-14",),
    "invoice_gaps": ("IN-2",),
    "intake_p99_stopped_ratio": ("IP-3",),
    "analysis_s": ("IP-6",),
    "effectiveness_s": ("FE-9",),
    "invalidation_p99_ms": ("CC-16",),
    "urgent_push_p99_ms": ("SY-4",),
    "broadcast_p99_ms": ("SY-2",),
    "rotation_failed_reads": ("EN-10",),
    "audit_found": ("AD-16",),
    "rollback_s": ("RB-5",),
    "personal_data_in_clear": ("EN-2", "EN-3"),
    "notebooks_failed": ("EX-8",),
    "analyst_writes_accepted": ("EX-8",),
}
