"""The verbs of files: announced, and kept once their bytes have come."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.files import FileState, StoredFile, parse_facts
from domain.ids import file_id, garage_id
from resolvers.arguments import OperationArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.idempotency import FILE, idempotent, operation_fingerprint
from schema import files
from schema.file_results import (
    CompleteUploadResult,
    RequestUploadResult,
    UploadCompleted,
    UploadRequested,
)
from schema.files import FileInput, UploadAddress
from schema.nodes import key_of

FileArgument = Annotated[strawberry.ID, strawberry.argument(description="The file, fil_….")]
FileArguments = Annotated[FileInput, strawberry.argument(description="What is to be sent.")]
FileGarageArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Whose file it is, if not your own garage's."),
]


@strawberry.type
class FileMutations:
    @strawberry.mutation(
        description="Announce a photo, a video or a log, and be told where its bytes go. Send them "
        "there, then say `completeUpload`. Sent again, it gives the file with a fresh address."
    )
    @guard_field(Action.CREATE, ResourceKind.TICKET, ResourceKind.CARD)
    async def request_upload(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        file: FileArguments,
        garage: FileGarageArgument = None,
    ) -> RequestUploadResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        place = garage_id(key_of("Garage", garage)) if garage else None
        announced = parse_facts(file.type, file.length, file.sha256)

        async def work() -> StoredFile:
            return await context.files.request(announced, place, operation)

        body = operation_fingerprint("requestUpload", asdict(file) | {"garage": place})
        found = await idempotent(context, operation.id, body, work, FILE)
        return UploadRequested(file=files.StoredFile.from_domain(found), upload=_to(context, found))

    @strawberry.mutation(
        description="Say that a file's bytes have come. They are held against what was announced; "
        "a photo is kept upright, as JPEG, without where and when it was taken. Wrong bytes are "
        "let go of, and others may be sent."
    )
    @guard_field(Action.CREATE, ResourceKind.TICKET, ResourceKind.CARD)
    async def complete_upload(
        self, info: RequestInfo, operation_id: OperationArgument, id: FileArgument
    ) -> CompleteUploadResult:
        context, operation = info.context, info.context.operation_for(operation_id)
        key = file_id(id)
        body = operation_fingerprint("completeUpload", {"id": key})
        # It takes seconds: that is done before the operation holds a connection.
        made = await context.files.prepare(key, operation)

        async def work() -> StoredFile:
            return await context.files.keep(made)

        found = await idempotent(context, operation.id, body, work, FILE)
        return UploadCompleted(file=files.StoredFile.from_domain(found))


def _to(context: RequestContext, file: StoredFile) -> UploadAddress | None:
    if file.state is not FileState.ASKED:
        return None
    address = context.files.uploads.address(file, context.services.now())
    return UploadAddress.from_domain(address)
