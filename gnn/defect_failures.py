"""Failures of components out of the history of repairs, as `domain.defects` watches them."""

from collections.abc import Iterator

from domain.defects import Cohort, ComponentFailure
from domain.repair_history import RepairHistory, in_order


def component_failures(history: RepairHistory) -> Iterator[ComponentFailure]:
    """Give what was found to have failed, by the time of the repair's end; where nobody said, it is
    what the card tells that mended it.

    A repair whose make, vehicle or component is not known tells of no cohort.
    """
    cards = {card.card: card.component for card in history.cards}
    for repair in in_order(history.repairs):
        mended = cards.get(repair.resolved_by) if repair.resolved_by else None
        component = repair.component or mended
        if component is None or repair.make is None or repair.battery_batch is None:
            continue
        cohort = Cohort(
            make=repair.make,
            supplier=repair.supplier,
            battery_batch=repair.battery_batch,
            firmware=repair.firmware,
            climate=repair.climate,
        )
        yield ComponentFailure(
            vehicle=repair.vehicle or repair.ticket,
            cohort=cohort,
            component=component,
            at=repair.closed_at,
        )
