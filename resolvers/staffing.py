"""The verb that says who works in a garage."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, Kind
from domain.ids import OperationId, garage_id, person_id
from domain.technicians import Technician
from repair import staffing
from resolvers import once
from resolvers.arguments import OperationArgument
from resolvers.context import Ask
from resolvers.guards import guarded
from resolvers.services import Answer
from schema import staff
from schema.inputs import TechnicianInput
from schema.nodes import key_of
from schema.staff import RegisterTechnicianResult, TechnicianRegistered

Said = Annotated[
    TechnicianInput, strawberry.argument(description="Who works where, and what they may do.")
]


@strawberry.type
class Staffing:
    @strawberry.mutation(description="State where a technician works and what they may do.")
    @guarded(Action.UPDATE, Kind.EMPLOYEE)
    async def register_technician(
        self,
        info: Ask,
        operation_id: OperationArgument,
        technician: Said,
    ) -> RegisterTechnicianResult:
        context = info.context
        operation = context.operation(OperationId(str(operation_id)))
        wanted = Technician(
            id=person_id(technician.id),
            garage=garage_id(key_of("Garage", technician.garage)),
            certification=technician.certification,
            skills=tuple(technician.skills),
        )
        given = context.services

        async def work() -> Answer:
            made = await staffing.register(given.crew, given.vocabulary, wanted, operation)
            return {"id": made.id}

        body = once.fingerprint("registerTechnician", asdict(technician))
        await given.operations.once(operation.id, context.actor.id, body, work)
        return TechnicianRegistered(technician=staff.Technician.of(wanted))
