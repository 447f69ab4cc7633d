"""Files that are there before a test asks: announced, and their bytes at the door."""

from collections.abc import AsyncGenerator
from uuid import uuid4

from domain.ids import FileId
from tests.files.samples import digest
from tests.journeys.people import Person
from web.wiring import Runtime

ANNOUNCE = """mutation ($op: UUID!, $file: FileInput!) {
  requestUpload(operationId: $op, file: $file) { __typename
    ... on UploadRequested { file { key state } upload { method resumable } }
    ... on Refusal { message } } }"""
COMPLETE = """mutation ($op: UUID!, $id: ID!) {
  completeUpload(operationId: $op, id: $id) { __typename
    ... on UploadCompleted { file { key state sha256 } } ... on Refusal { message } } }"""


def announcement(content: bytes, type: str = "CSV") -> dict[str, object]:
    """Give what is said of a file before it is sent."""
    return {"type": type, "length": len(content), "sha256": digest(content)}


async def announced(person: Person, content: bytes) -> FileId:
    """Announce a log, and give its id."""
    told = await person.ask(ANNOUNCE, op=str(uuid4()), file=announcement(content))
    return FileId(told["file"]["key"])


async def send(house: Runtime, id: FileId, content: bytes) -> None:
    """Have a file's bytes come, past the door."""

    async def came() -> AsyncGenerator[bytes]:
        yield content

    door = house.files.uploads
    assert door is not None
    await door.uploads.receive(id, 0, len(content), came())


async def kept_file(house: Runtime, person: Person, content: bytes) -> FileId:
    """Give the id of a log that is kept."""
    named = await announced(person, content)
    await send(house, named, content)
    done = await person.ask(COMPLETE, op=str(uuid4()), id=named)
    assert done["__typename"] == "UploadCompleted", done
    return named
