"""How each kind of node looks to an engineer: its name, its colour, what stands on it.

What no engineer looks for has no category and is hidden: events, migrations, imports, tombstones,
old versions of cards, bays and their jobs, and the marks on cards. Properties that hold keys of
people, words of people, or what only programs read are left out (`UNSHOWN`).
"""

from dataclasses import dataclass

HIDDEN_LABELS = frozenset(
    {
        "Bay",
        "CardVersion",
        "DeletedCard",
        "DeletedTicket",
        "Event",
        "Import",
        "ImportedEntry",
        "Job",
        "Migration",
    }
)
HIDDEN_TYPES = ("BY", "FOR", "HAD", "SAID", "STANDS_IN", "WROTE")
# By label; "*" of every one. Keys of people, what people wrote, and what only programs read.
UNSHOWN: dict[str, frozenset[str]] = {
    "*": frozenset(
        {"awaits_review", "body", "embedding_model", "person_version", "booked", "reasons"}
    ),
    "Ticket": frozenset({"text", "reporter_id", "assignee_id", "matching", "version"}),
    "Technician": frozenset({"id", "garage_id"}),
    "Evidence": frozenset({"sha256", "key"}),
    "FailureCard": frozenset(
        {
            "code_words",
            "fits",
            "full_text",
            "heard",
            "import_hash",
            "keywords",
            "marks",
            "scope",
            "severity_level",
            "symptom_hash",
            "symptom_text",
            "undone",
            "wording_hash",
        }
    ),
    "Make": frozenset(),
    "VehicleModel": frozenset({"make_key", "model_key"}),
}


@dataclass(frozen=True, slots=True)
class NodeLook:
    """A kind of node: `name` as people say it, `captions` the properties that stand on it.

    `size` is relative to 1.
    """

    label: str
    name: str
    color: str
    captions: tuple[str, ...]
    size: float = 1


# The colours of cards, what they rest on, things, vehicles, repairs and places stay apart from each
# other for the colour-blind (Okabe and Ito, 2008) and dark enough under white.
CARD, SIGN, CAUSE = "#0072B2", "#E69F00", "#D55E00"
THING, VEHICLE, REPAIR, PLACE, DETAIL = "#009E73", "#56B4E9", "#CC79A7", "#999999", "#F0E442"
LOOKS: tuple[NodeLook, ...] = (
    NodeLook("FailureCard", "Failure card", CARD, ("title",), 2),
    NodeLook("Symptom", "Symptom", SIGN, ("text",), 1.25),
    NodeLook("ErrorCode", "Error code", SIGN, ("code", "scope"), 1.25),
    NodeLook("Cause", "Cause", CAUSE, ("text",), 1.25),
    NodeLook("Component", "Component", THING, ("name",), 1.5),
    NodeLook("Supplier", "Supplier", THING, ("name",), 1.5),
    NodeLook("Part", "Part", THING, ("name",)),
    NodeLook("Make", "Make", VEHICLE, ("name",), 1.25),
    NodeLook("VehicleModel", "Vehicle model", VEHICLE, ("make", "model", "year"), 1.25),
    NodeLook("Vehicle", "Vehicle", VEHICLE, ("firmware", "odometer_km")),
    NodeLook("Ticket", "Repair", REPAIR, ("status", "opened_at")),
    NodeLook("Technician", "Technician", REPAIR, ("certification",)),
    NodeLook("Garage", "Garage", PLACE, ("name",), 1.25),
    NodeLook("Region", "Region", PLACE, ("name",), 1.25),
    NodeLook("Step", "Step", DETAIL, ("action",)),
    NodeLook("Reading", "Reading", DETAIL, ("name", "value", "unit")),
    NodeLook("Evidence", "Evidence", DETAIL, ("kind",)),
)
# Of a relationship its type is its caption; these have a figure that tells more.
EDGE_CAPTIONS: dict[str, tuple[str, ...]] = {
    "CAUSED_BY": ("rank",),
    "HAS_STEP": ("n",),
    "SHOWN": ("rank",),
    "TRIED": ("worked",),
    "USES": ("quantity",),
}


def is_shown(label: str, name: str) -> bool:
    """Say whether a property is for an engineer's eyes."""
    return name not in UNSHOWN["*"] and name not in UNSHOWN.get(label, frozenset())
