"""The verb that ends what is kept of somebody."""

from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.api_keys import KeysLeft
from domain.deeds import DeedType
from domain.ids import person_id
from resolvers.arguments import OperationArgument
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.people import people_deed
from schema.personal_data import ErasePersonResult, PersonErased

PersonArgument = Annotated[strawberry.ID, strawberry.argument(description="Id of the person.")]

KeysLeftArgument = Annotated[
    KeysLeft, strawberry.argument(description="What becomes of the keys of the API that they made.")
]


@strawberry.type
class ErasureMutations:
    @strawberry.mutation(
        description="Erase somebody who may sign in, for good: their key is destroyed, their "
        "sessions end and the keys that they made are revoked or handed over. Books and audit "
        "stay, by id."
    )
    @guard_field(Action.DELETE, ResourceKind.EMPLOYEE, deed=DeedType.USER_ERASE)
    async def erase_person(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        person: PersonArgument,
        api_keys: KeysLeftArgument = KeysLeft.REVOKE,
    ) -> ErasePersonResult:
        context, key = info.context, person_id(person)
        asked = {"person": key, "apiKeys": api_keys}
        deed = people_deed(context, operation_id, "erasePerson", asked)
        return PersonErased.from_domain(await context.erasures.erase(key, deed, api_keys))
