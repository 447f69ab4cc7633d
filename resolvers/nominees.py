"""Naming who acts for oneself."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.deeds import DeedType
from resolvers.arguments import OperationArgument
from resolvers.context import RequestInfo
from resolvers.guards import signed_in_deed
from resolvers.people import naming_deed
from schema.nominees import Nominated, NominateResult, NomineeInput

NomineeArgument = Annotated[
    NomineeInput | None, strawberry.argument(description="Who it is; left out: nobody any more.")
]


@strawberry.type
class NomineeMutations:
    @strawberry.mutation(
        description="Name who is to act for you when you died or cannot: an administrator, or the "
        "manager of your garage, reads it with `personalData` and does for them what you could "
        "ask. One person, until you name another or nobody."
    )
    @signed_in_deed(DeedType.USER_CORRECT)
    async def nominate(
        self, info: RequestInfo, operation_id: OperationArgument, nominee: NomineeArgument = None
    ) -> NominateResult:
        context = info.context
        asked = {"nominee": None if nominee is None else asdict(nominee)}
        deed = naming_deed(context, operation_id, "nominate", asked)
        wanted = None if nominee is None else nominee.parse()
        context.personal = True
        since = await context.personal_records.nominations.nominate(wanted, deed)
        return Nominated(name=wanted and wanted.name, at=since)
