"""The verbs of technicians: who works where, and who should take a ticket."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.ids import (
    OperationId,
    demand_nameless,
    garage_id,
    person_id,
    ticket_id,
)
from domain.technicians import Technician
from repair import technicians
from repair import technicians as repair_technicians
from resolvers.arguments import OperationArgument, TicketArgument
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import ANSWER, idempotent, operation_fingerprint
from resolvers.jobs import PlannedGarage, planned_garage
from resolvers.services import Answer
from resolvers.tickets import ticket_ports
from schema import technicians as schema_technicians
from schema.inputs import TechnicianInput
from schema.nodes import key_of
from schema.technicians import RegisterTechnicianResult, TechnicianRegistered

TechnicianArgument = Annotated[
    TechnicianInput, strawberry.argument(description="Who works where, and what they may do.")
]


@strawberry.type
class TechnicianMutations:
    @strawberry.mutation(description="State where a technician works and what they may do.")
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE)
    async def register_technician(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        technician: TechnicianArgument,
    ) -> RegisterTechnicianResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        wanted = Technician(
            id=person_id(demand_nameless("technician id", technician.id)),
            garage=garage_id(key_of("Garage", technician.garage)),
            certification=technician.certification,
            skills=tuple(technician.skills),
        )
        given = context.services

        async def work() -> Answer:
            made = await technicians.register_technician(
                given.technicians, given.vocabulary, wanted, operation
            )
            return {"id": made.id}

        body = operation_fingerprint("registerTechnician", asdict(technician))
        await idempotent(context, operation.id, body, work, ANSWER)
        return TechnicianRegistered(technician=schema_technicians.Technician.from_domain(wanted))


@strawberry.type
class TechnicianQueries:
    @strawberry.field(description="The technicians of a garage, by id.")
    @guard_field(Action.ASSIGN, ResourceKind.TICKET)
    async def technicians(
        self, info: RequestInfo, garage: PlannedGarage
    ) -> list[schema_technicians.Technician]:
        place = planned_garage(info.context, garage)
        found = await info.context.services.technicians.technicians(place)
        return [schema_technicians.Technician.from_domain(technician) for technician in found]

    @strawberry.field(
        description="Who of its garage may take a ticket, best first: by skill, then the least "
        "busy; for work on high voltage, and until the search for its cards has run, certified "
        "people alone."
    )
    @guard_field(Action.ASSIGN, ResourceKind.TICKET)
    async def suggest_technicians(
        self, info: RequestInfo, ticket: TicketArgument
    ) -> list[schema_technicians.TechnicianSuggestion]:
        context, key = info.context, ticket_id(key_of("Ticket", ticket))
        found = await repair_technicians.suggest_technicians(
            ticket_ports(context), key, context.actor
        )
        return [
            schema_technicians.TechnicianSuggestion.from_domain(candidate) for candidate in found
        ]
