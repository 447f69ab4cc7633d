"""`python -m bench [NAME]`: run all benchmarks, or the one that measures the bar NAME."""

import asyncio
import platform
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Protocol

import psutil

from bench.bars import Bar


class Bench(Protocol):
    """A module that measures some bars."""

    async def run(self) -> list[Bar]: ...


# Which module measures which bars; a module is imported only when it runs.
BENCHES: Mapping[str, tuple[str, ...]] = {
    "bench.quality": ("quality_text_only", "quality_with_vehicle"),
    "bench.diagnosis": ("diagnosis_calibration",),
    "bench.codes": ("code_f1",),
    "bench.chance": ("chance_ece", "told_right", "right_told", "unknown_silent", "known_kept"),
    "bench.learned_ranker": ("ranker_gain_ndcg5", "ranker_gain_formula"),
    "bench.network_gain": ("gnn_gain_ndcg5", "gnn_gain_cold"),
    "bench.ranker_chance": ("chance_ece_simulated", "coverage_90"),
    "bench.hazards": ("hazard_recall", "hazard_recall_kept", "hazard_false_alarms"),
    "bench.failure_modes": ("failure_mode_f1",),
    "bench.symptoms": ("symptom_precision", "symptom_recall"),
    "bench.flat_file": ("flat_file_s", "flat_file_mib"),
    "bench.drafts": (
        "draft_valid",
        "draft_field_precision",
        "draft_valid_kept",
        "draft_field_precision_kept",
    ),
    "bench.match_speed": (
        "match_p95_ms",
        "match_growth",
        "match_p99_ms",
        "lookup_p95_ms",
        "match_to_peer",
        "vector_recall_at_10",
    ),
    "bench.push": ("push_p95_ms", "push_leaks"),
    "bench.defects": ("defect_delay_repairs", "defect_false_alarms_year"),
    "bench.lapses": ("lapsed_fix_found",),
    "bench.revocation": ("revocation_ms",),
    "bench.rollback": ("rollback_s",),
    "bench.idle": ("idle_service_percent", "idle_neo4j_extra_percent"),
    "bench.graphql_cpu": ("graphql_cpu_to_peer",),
    "bench.trusted_documents": ("trusted_document_first_ratio", "trusted_document_warm_ratio"),
    "bench.ledger": ("invoices_per_second", "invoice_gaps", "month_report_s"),
    "bench.audit": ("audit_found",),
    "bench.audit_cost": ("audit_cost_percent",),
    "bench.paper": ("invoice_pdf_p95_ms", "scripts_unprintable"),
    "bench.invoice_pages": (
        "invoice_page_p95_ms",
        "sales_return_s",
        "health_during_return_ms",
    ),
    "bench.dues": ("dues_page_p95_ms", "due_customers_p95_ms"),
    "bench.phone_pages": ("first_load_kib", "lcp_s", "interaction_ms", "offline_start_ms"),
    "bench.customers": ("customer_search_p95_ms", "customer_phone_p95_ms"),
    "bench.battery_logs": ("log_rows_s",),
    "bench.rotation": ("rotation_failed_reads",),
    "bench.matrix": ("matrix_leaks",),
    "bench.analyst": ("notebooks_failed", "analyst_writes_accepted"),
    "bench.personal_data": ("personal_data_in_clear",),
    "bench.tickets": ("tickets_per_minute", "tickets_refused", "tickets_lost"),
    "bench.intake": ("intake_p99_stopped_ratio",),
    "bench.aftermath": ("analysis_s", "effectiveness_s"),
    "bench.invalidation": ("invalidation_p99_ms",),
    "bench.hints": ("urgent_push_p99_ms", "batch_age_s"),
    "bench.broadcast": ("broadcast_p99_ms", "broadcast_slow_ratio"),
    "bench.fan_out": ("fan_out_p95_ms", "fan_out_cpu_to_peer"),
    "bench.catch_up": ("catch_up_s",),
    "bench.attack": ("attack_p99_ratio", "attack_memory_mib", "attack_health_ms"),
    "bench.refusals": ("refusal_cpu_ms",),
    "bench.playback": ("simulate_minutes_20k", "simulate_million_minutes"),
    "bench.inductive_links": (
        "grail_fb_v1_hits10",
        "grail_fb_v1_mrr",
        "grail_wn_v1_hits10",
        "grail_wn_v1_mrr",
    ),
    "bench.complex_links": ("complex_fb15k_mrr",),
    "bench.services": ("second_start_s", "stores_memory_mib"),
    "bench.suite": ("suite_minutes", "suite_loaded_minutes"),
}
# They take longer than all others together: only whoever names them waits for them.
BY_NAME_ALONE = frozenset({"bench.suite", "bench.ranker_chance", "bench.network_gain"})


def main() -> int:
    """Run, print a line for each bar last, and give 0 when every bar is met."""
    only = sys.argv[1] if len(sys.argv) > 1 else None
    asked = BENCHES.keys() - BY_NAME_ALONE
    names = [
        name
        for name, bars in BENCHES.items()
        if (name in asked if only is None else only in (name, name.removeprefix("bench."), *bars))
    ]
    if not names:
        known = ", ".join(bar for bars in BENCHES.values() for bar in bars)
        sys.stderr.write(f"No bar is named {only!r}. Bars: {known}\n")
        return 2
    print(machine())
    found: list[Bar] = []
    for name in names:
        print(f"\n== {name}", flush=True)
        module: Bench = import_module(name)  # pyright: ignore[reportAssignmentType]
        found += asyncio.run(module.run())
    shown = [bar for bar in found if only == bar.name] or found
    print("\n" + "\n".join(str(bar) for bar in shown))
    return 0 if all(bar.passed for bar in shown) else 1


def machine() -> str:
    """Say what this runs on, in the words that docs/benchmarks.md repeats."""
    memory = psutil.virtual_memory().total >> 30
    return (
        f"machine: {psutil.cpu_count()} cores, {memory} GiB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
