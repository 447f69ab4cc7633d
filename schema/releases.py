"""What the last release gave to clients, so that nothing of it goes without its notice (AP-4).

`released/` holds the whole SDL of each door as it was last released, and `releases.csv` its
version, day and digest. The notice that counts is the one that was released: a field may go only
after the day that its released deprecation promises, whatever `deprecations.csv` says of it today.
`python -m schema.releases` says what is broken; with a version and a day it keeps a new release.
"""

import csv
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from graphql import GraphQLSchema, build_schema

from schema import sdl
from schema.deprecations import (
    Deprecation,
    check_promises,
    coordinates,
    deprecated_coordinates,
    read_deprecations,
    read_end,
)

RELEASED = Path(__file__).with_name("released")
RELEASES = RELEASED / "releases.csv"
HEAD = "door,version,day,sha256\n"
DOORS = (sdl.PRINTED, sdl.PRINTED_SIGN_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedSchema:
    """A door's SDL as a release gave it, the digest it must have, and the release's day."""

    version: str
    day: date
    sha256: str
    text: str


def parse_releases(text: str, texts: Mapping[str, str]) -> dict[str, ReleasedSchema]:
    """Give the last release of each door, the door's text beside its line."""
    return {
        row["door"]: ReleasedSchema(
            version=row["version"],
            day=date.fromisoformat(row["day"]),
            sha256=row["sha256"],
            text=texts[row["door"]],
        )
        for row in csv.DictReader(text.splitlines())
    }


def read_releases() -> dict[str, ReleasedSchema]:
    """Give the committed ones."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in RELEASED.glob("*.graphql")}
    return parse_releases(RELEASES.read_text(encoding="utf-8"), texts)


def find_lost_fields(
    now: GraphQLSchema,
    released: ReleasedSchema,
    record: Sequence[Deprecation],
    today: date,
) -> list[str]:
    """Say what a schema took from a release, or will take, before its time."""
    if hashlib.sha256(released.text.encode()).hexdigest() != released.sha256:
        return [f"the schema of {released.version} is not the one that was released"]
    before = build_schema(released.text)
    there = {coordinate for coordinate, _ in coordinates(now)}
    promised = {c: read_end(why) for c, why in deprecated_coordinates(before).items()}
    given = [coordinate for coordinate, _ in coordinates(before)]
    return [
        *(_undeprecated(c, released) for c in given if c not in there and promised.get(c) is None),
        *(
            f"{coordinate} is gone before {end} has passed; bring it back"
            for coordinate, end in promised.items()
            if coordinate not in there and end is not None and today <= end
        ),
        *(
            f"{one.coordinate} goes after {one.goes_after}; {released.version} promised {end}"
            for one in record
            if (end := promised.get(one.coordinate)) is not None and one.goes_after < end
        ),
        *(
            f"{one.coordinate} is deprecated since {one.since}; {released.version} did not say so"
            for one in record
            if one.coordinate in there
            and one.coordinate not in promised
            and one.since < released.day
        ),
    ]


def _undeprecated(coordinate: str, released: ReleasedSchema) -> str:
    return (
        f"{coordinate} of {released.version} is gone without a notice; "
        "bring it back, deprecate it, and take it away six months later"
    )


def check_releases(released: Mapping[str, ReleasedSchema], today: date) -> list[str]:
    """Say what the committed schemas do not keep of what was released."""
    record = read_deprecations()
    return [
        said
        for path in DOORS
        if path.name in released
        for said in find_lost_fields(
            build_schema(path.read_text(encoding="utf-8")), released[path.name], record, today
        )
    ]


def write_release(version: str, day: date) -> None:
    """Keep the committed schemas as those of a release."""
    lines = [HEAD]
    for path in DOORS:
        text = path.read_bytes()
        (RELEASED / path.name).write_bytes(text)
        lines.append(f"{path.name},{version},{day},{hashlib.sha256(text).hexdigest()}\n")
    RELEASES.write_text("".join(lines), encoding="utf-8")


def main(release: Sequence[str]) -> str | None:
    """Keep a release, told by its version and day; without one, say what is broken."""
    if release:
        version, day = release
        write_release(version, date.fromisoformat(day))
        return None
    today = datetime.now(UTC).date()
    return "\n".join([*check_promises(today), *check_releases(read_releases(), today)]) or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
