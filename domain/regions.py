"""Which region of the network a garage lies in (DB-3).

A garage that is registered says its region itself. For any other the city in its id says it:
`garage_delhi` and `garage_delhi_001` lie in the north.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from domain.ids import GarageId

NORTH, SOUTH, EAST, WEST = "north", "south", "east", "west"
ROUTES = {
    "chandigarh": NORTH,
    "delhi": NORTH,
    "gurugram": NORTH,
    "jaipur": NORTH,
    "lucknow": NORTH,
    "noida": NORTH,
    "bengaluru": SOUTH,
    "chennai": SOUTH,
    "coimbatore": SOUTH,
    "hyderabad": SOUTH,
    "kochi": SOUTH,
    "bhubaneswar": EAST,
    "guwahati": EAST,
    "kolkata": EAST,
    "patna": EAST,
    "ahmedabad": WEST,
    "mumbai": WEST,
    "nagpur": WEST,
    "nashik": WEST,
    "pune": WEST,
}


def region_of(garage: GarageId, registered: str | None = None) -> str | None:
    """Give a garage's region; None when neither the garage nor its id says one."""
    city = garage.removeprefix("garage_").partition("_")[0]
    return registered or ROUTES.get(city)


@dataclass(frozen=True, slots=True, kw_only=True)
class GarageTickets:
    """How many tickets a garage opened in a span of time, and how many of them are resolved."""

    garage: GarageId
    region: str | None
    opened: int
    resolved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCount:
    """The same for all garages of a region together; None gathers those of no known region."""

    region: str | None
    garages: int
    opened: int
    resolved: int


def count_by_region(found: Iterable[GarageTickets]) -> list[RegionCount]:
    """Add up what garages opened by their region, the regions by name and the unknown last."""
    regions: dict[str | None, list[GarageTickets]] = defaultdict(list)
    for one in found:
        regions[one.region].append(one)
    return [
        RegionCount(
            region=name,
            garages=len(those),
            opened=sum(one.opened for one in those),
            resolved=sum(one.resolved for one in those),
        )
        for name, those in sorted(regions.items(), key=lambda item: (item[0] is None, item[0]))
    ]
