"""What announcing and keeping files answers."""

from typing import Annotated

import strawberry
from strawberry import field

from schema.files import StoredFile, UploadAddress
from schema.refusals import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    Occupied,
    OperationConflict,
)


@strawberry.type(description="The file is announced.")
class UploadRequested:
    file: StoredFile = field(description="The file, by the id that names it from now on.")
    upload: UploadAddress | None = field(
        description="Where its bytes go; null: they came before and are kept."
    )


@strawberry.type(description="The file is kept.")
class UploadCompleted:
    file: StoredFile = field(description="The file as it is kept.")


RequestUploadResult = Annotated[
    UploadRequested | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("RequestUploadResult", description="The address, or why there is none."),
]
CompleteUploadResult = Annotated[
    UploadCompleted | InvalidInput | NotFound | IllegalTransition | Occupied | OperationConflict,
    strawberry.union("CompleteUploadResult", description="The file, or why it is not kept."),
]
