"""Files in the API: what is handed in, where its bytes go, and where they may be fetched."""

from dataclasses import asdict
from datetime import datetime
from typing import Self

import strawberry
from strawberry import field

from domain import battery_logs, files
from domain.files import FileKind, FileState, FileType
from files import upload_place
from schema.context import SchemaInfo
from schema.readings import Reading

FETCHED = "without a token, for 15 minutes; null where there is none to fetch."


@strawberry.type(description="What a log of a battery tells in figures; null: it does not tell.")
class BatteryLog:
    rows: int = field(description="Rows that were read.")
    bad_rows: int = field(
        description="Rows that do not read, or hold what cannot be; they count for nothing."
    )
    cells: int = field(description="How many cells have a column of their own.")
    spread_v: float | None = field(
        description="The most that the highest cell was above the lowest at one time, in V."
    )
    worst_cell: int | None = field(
        description="The cell that was lowest then, by the number that the log gives it."
    )
    lowest_cell_v: float | None = field(description="The lowest of all cells at all times, in V.")
    highest_cell_v: float | None = field(description="The highest of all, in V.")
    hottest_c: float | None = field(description="In °C.")
    coldest_c: float | None = field(description="In °C.")
    charge_start: float | None = field(description="State of charge at its beginning, in percent.")
    charge_end: float | None = field(description="State of charge at its end, in percent.")
    lowest_pack_v: float | None = field(description="Of the whole pack, in V.")
    highest_current_a: float | None = field(description="By its size, in A.")
    readings: list[Reading] = field(
        description="The same as measured values, under the names that cards and `cards(filter: "
        "{reading})` use, at most 6."
    )

    @classmethod
    def from_domain(cls, value: battery_logs.BatteryLog) -> Self:
        readings = [Reading.from_domain(one) for one in value.readings]
        return cls(**asdict(value), readings=readings)


@strawberry.input(description="What a file is, as whoever sends it says; all of it is checked.")
class FileInput:
    type: FileType = field(description="What it is; the file has to begin so.")
    length: int = field(
        description="Its bytes: of a photo at most 26,214,400, of a video 209,715,200, of a log "
        "52,428,800."
    )
    sha256: str = field(description="SHA-256 of its bytes, in small hexadecimal digits.")


@strawberry.type(description="A photo, a video or a log of a garage.")
class StoredFile:
    key: str = field(description="Its id, fil_…: reports, attempts and cards name it by this.")
    state: FileState = field(description="Whether its bytes are still to come, or are kept.")
    type: FileType = field(description="What is fetched; photos are kept as JPEG.")
    kind: FileKind = field(description="What kind of file that is.")
    length: int = field(description="The bytes that are fetched.")
    sha256: str = field(description="SHA-256 of the bytes that are fetched, in hexadecimal.")
    width: int | None = field(description="Pixels across; of photos that are kept.")
    height: int | None = field(description="Pixels down; of photos that are kept.")
    battery_log: BatteryLog | None = field(
        description="Of a log of a battery, what it tells; null: it is none."
    )
    sent_by: strawberry.ID = field(description="Id of the person or machine that announced it.")
    asked_at: datetime = field(description="When it was announced.")
    stored_at: datetime | None = field(description="Since when it is kept; null: it is not yet.")
    value: strawberry.Private[files.StoredFile]

    @strawberry.field(description=f"Where it may be fetched, {FETCHED}")
    def url(self, info: SchemaInfo) -> str | None:
        kept = self.value.state is FileState.STORED
        return info.context.file_link(self.value.id, small=False) if kept else None

    @strawberry.field(description=f"Where a small JPEG of a photo may be fetched, {FETCHED}")
    def small_url(self, info: SchemaInfo) -> str | None:
        kept = self.value.kept if self.value.state is FileState.STORED else None
        if kept is None or not kept.small_length:
            return None
        return info.context.file_link(self.value.id, small=True)

    @classmethod
    def from_domain(cls, value: files.StoredFile) -> Self:
        facts, kept = value.facts, value.kept
        picture, log = (None, None) if kept is None else (kept.picture, kept.log)
        return cls(
            key=value.id,
            state=value.state,
            type=facts.type,
            kind=facts.type.kind,
            length=facts.length,
            sha256=facts.sha256,
            width=None if picture is None else picture.width,
            height=None if picture is None else picture.height,
            battery_log=None if log is None else BatteryLog.from_domain(log),
            sent_by=strawberry.ID(value.owner),
            asked_at=value.asked_at,
            stored_at=None if kept is None else kept.at,
            value=value,
        )


@strawberry.type(description="A header that an upload needs.")
class UploadHeader:
    name: str = field(description="Its name.")
    value: str = field(description="What it says.")


@strawberry.type(
    description="Where a file's bytes go: whoever has this address needs no token, and can send "
    "this file alone."
)
class UploadAddress:
    url: str = field(description="The address.")
    method: str = field(description="The verb of HTTP, PUT.")
    headers: list[UploadHeader] = field(description="Send these as they stand, at most 10.")
    expires_at: datetime = field(
        description="Until when it takes them, 15 minutes; the same request gives another address."
    )
    resumable: bool = field(
        description="Whether `HEAD` says in `Upload-Offset` how many bytes came, and the rest may "
        "follow with `Content-Range: bytes FIRST-LAST/LENGTH`."
    )

    @classmethod
    def from_domain(cls, value: upload_place.UploadAddress) -> Self:
        return cls(
            url=value.url,
            method=value.method,
            headers=[UploadHeader(name=name, value=said) for name, said in value.headers.items()],
            expires_at=value.expires_at,
            resumable=value.resumable,
        )
