"""How much the stores hold: what is refused leaves them so."""

from typing import Any

from web.wiring import Runtime


async def stored_counts(house: Runtime) -> tuple[Any, Any]:
    """Give how many nodes, edges, versions and rows there are."""
    graph = await house.graph.read(
        "MATCH (n) RETURN count(n) AS nodes, sum(coalesce(n.version, 0)) AS versions,"
        " COUNT { ()-->() } AS edges"
    )
    rows = await house.records.rows(
        "select (select count(*) from operation) as operations,"
        " (select count(*) from outbox) as told, (select count(*) from price) as prices,"
        " (select count(*) from document) as papers, (select count(*) from entry) as legs,"
        " (select count(*) from stock_delta) as moved,"
        " (select count(*) from invoice_draft) as drafts,"
        " (select count(*) from money_event) as events,"
        " (select count(*) from billing_setting) as settings,"
        " (select count(*) from closed_month) as months,"
        " (select count(*) from feedback_version) as words,"
        " (select count(*) from impression) as impressions,"
        " (select count(*) from review) as reviews, (select count(*) from card_edit) as edits,"
        " (select count(*) from garage_cursor) as cursors,"
        " (select sum(version) from employee) as employed,"
        " (select sum(version) from customer) as customers,"
        " (select sum(version) from customer_vehicle) as vehicles,"
        " (select count(*) from stored_file) as files,"
        " (select sum(length) from stored_file) as kept,"
        " (select count(*) from api_key) as keys,"
        " (select count(*) from api_key where revoked_at is null) as live_keys,"
        " (select count(*) from trusted_document) as documents"
    )
    return graph, rows
