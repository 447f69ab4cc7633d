"""The audit trail: one line for each act, refused to be changed, printed newest first."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.events import EventType
from records.audit_trail import AuditTrail, keep_act
from records.database import Records
from tests import commands
from tests.commands import called
from tests.records.samples import event
from web.local.stores import StoreUrls


@pytest.mark.row("CA-19")
async def test_operators_read_who_verified_which_card(
    records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    first = replace(event(1, EventType.CARD_VERIFIED), entity="fc_one", actor="asha")
    later = replace(
        event(2, EventType.CARD_VERIFIED),
        entity="fc_two",
        actor="bala",
        at=first.at + timedelta(minutes=1),
    )
    async with records.transaction() as connection:
        for told in (first, later, first):
            await keep_act(told, connection)
    assert [act.entity for act in await AuditTrail(records).page(10)] == ["fc_two", "fc_one"]
    place = commands.place(stores, tmp_path)
    code, all_acts, _ = called("audit", "trail", **place)
    _, one, _ = called("audit", "trail", "--entity", "fc_one", **place)
    assert code == 0
    assert [line.split("  ")[1:4] for line in all_acts.splitlines()] == [
        ["failure_card.verify", f"fc_two version {later.version}", _by(later.actor, later.garage)],
        ["failure_card.verify", f"fc_one version {first.version}", _by(first.actor, first.garage)],
    ]
    assert one.splitlines() == all_acts.splitlines()[1:]


def _by(actor: str, garage: str | None) -> str:
    return f"by {actor} of {garage}" if garage else f"by {actor}"
