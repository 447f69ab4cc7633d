"""Emerging defects in the API: which cohort fails too often, on what evidence, and its cards."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import defect_alarms
from domain.defect_alarms import DefectAlarmState
from domain.ids import CardId
from schema.context import SchemaInfo
from schema.refusals import InvalidInput, NotAllowed, NotFound, OperationConflict
from schema.subscriptions import CURSOR, Resync
from schema.tickets import FailureCard, Ticket
from schema.vocabulary import Component, load_edge, load_edges

TICKETS = 20


@strawberry.type(description="Vehicles that have this in common; null: whatever it is.")
class Cohort:
    make: str = field(description="Who made them.")
    supplier: str | None = field(description="Who made their traction batteries.")
    battery_batch: str | None = field(description="The batch of these.")
    firmware: str | None = field(description="The firmware that they run.")
    climate: str | None = field(description="Where they are repaired: a climate, or a region.")


@strawberry.type(description="A card for what a cohort suffers from.")
class DefectCard:
    uses: int = field(description="How often it was tried on the alarm's repairs.")
    worked: int = field(description="How often that worked.")
    about: strawberry.Private[CardId]

    @strawberry.field(description="The card.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.about, FailureCard.from_domain)


@strawberry.type(description="A component fails more often in a cohort than elsewhere.")
class DefectAlarm:
    key: str = field(description="Its id, dfa_…")
    state: DefectAlarmState = field(description="Whether somebody looked into it.")
    sentence: str = field(description="What was found, with its figures.")
    cohort: Cohort = field(description="The vehicles.")
    since: datetime = field(description="The first repair of the run: about when it began.")
    at: datetime = field(description="The repair that was one too many.")
    found_at: datetime = field(description="When the watch came to it.")
    failures: int = field(description="Repairs of the cohort that found the component, by then.")
    visits: int = field(description="Repairs of the cohort by then.")
    expected: float = field(description="The share of them that was to be expected, 0 to 1.")
    evidence: float = field(description="Natural logarithm of the bet that was won against it.")
    synthetic: bool = field(description="Whether one of its repairs is the simulator's.")
    acknowledged_at: datetime | None = field(description="When somebody began to look into it.")
    closed_at: datetime | None = field(description="When it was over.")
    value: strawberry.Private[defect_alarms.DefectAlarm]

    @strawberry.field(description="The component; null where the vocabulary lacks it.")
    async def component(self, info: SchemaInfo) -> Component | None:
        name = self.value.defect.component
        return await load_edge(info.context.loaders.components, name, Component.from_domain)

    @strawberry.field(description="The run's last 20 repairs, those of them that you may see.")
    async def tickets(self, info: SchemaInfo) -> list[Ticket]:
        keys = self.value.defect.tickets[-TICKETS:]
        return await load_edges(info.context.loaders.tickets, keys, Ticket.from_domain)

    @strawberry.field(description="At most 20 cards for it, those that worked there first.")
    async def cards(self, info: SchemaInfo) -> list[DefectCard]:
        found = await info.context.loaders.defect_cards.load(self.value)
        return [DefectCard(uses=one.uses, worked=one.worked, about=one.card) for one in found]

    @classmethod
    def from_domain(cls, value: defect_alarms.DefectAlarm) -> Self:
        defect, own = value.defect, value.defect.cohort
        return cls(
            key=value.id,
            state=value.state,
            sentence=defect_alarms.alarm_sentence(defect),
            cohort=Cohort(
                make=own.make,
                supplier=own.supplier,
                battery_batch=own.battery_batch,
                firmware=own.firmware,
                climate=own.climate,
            ),
            since=defect.since,
            at=defect.at,
            found_at=value.found_at,
            failures=defect.failures,
            visits=defect.visits,
            expected=defect.expected,
            evidence=defect.evidence,
            synthetic=defect.synthetic,
            acknowledged_at=value.acknowledged_at,
            closed_at=value.closed_at,
            value=value,
        )


@strawberry.type(description="The alarm was answered, now or before.")
class DefectAlarmAnswered:
    alarm: DefectAlarm = field(description="The alarm as it stands now.")


@strawberry.type(description="A component begins to fail more often in a cohort.")
class DefectFound:
    alarm: DefectAlarm = field(description="The alarm as it stands now.")
    cursor: str = field(description=CURSOR)


AnswerDefectAlarmResult = Annotated[
    DefectAlarmAnswered | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("AnswerDefectAlarmResult", description="The alarm, or why it stays."),
]
DefectNews = Annotated[
    DefectFound | Resync | InvalidInput,
    strawberry.union("DefectNews", description="An alarm, or why some are missing."),
]
