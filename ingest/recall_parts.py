"""Which component a recall names, which part numbers it has, and who supplied it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.vehicles import slug
from domain.vocabulary import Component, Part, Supplier
from ingest import recall_files
from ingest.recall_files import RecallLine, RecallLines

UNSTATED = frozenset({"", "nr", "n/a", "na", "none", "not applicable", "unknown", "tbd"})
BRACKETS = re.compile(r"[\[\]]+")
PART_NUMBER = re.compile(r"(?:[A-Z0-9]{6,}|[A-Z0-9]{3,5}-[A-Z0-9]{3,})(?:-[A-Z0-9]+)*")
ROOT = "nhtsa"
UNNAMED = ("Unknown or other",)
ACRONYMS = frozenset(
    """ABS ADAS AVN AWD BCM BDC BECM BMS DC ECM ECU EGR EPCU EPS ESC HECU ICCU ICU LCD LED LH MDPS
    OBC OCS ODS PCM PRNDL RH SBW SRS TCM TECM TPMS USB VCU""".split()
)
LETTERS = re.compile(r"[A-Za-z]{2,}")
# UTF-8 that was once read as Windows-1252: "â€“" for a dash.
GARBLED = "\xe2\x80"
ASSEMBLY = re.compile(r"\bass(?:'?y|embly)\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliedParts:
    """What the part tables tell: `finest` is the component of a campaign that they name."""

    components: tuple[Component, ...] = ()
    parts: tuple[Part, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    finest: dict[str, str]


def component_path(name: str) -> tuple[str, ...]:
    """Give "ELECTRICAL SYSTEM:SOFTWARE" as ("Electrical system", "Software")."""
    levels = tuple(_written_name(level) for level in name.split(":") if level.strip())
    return levels or UNNAMED


def component_tree(path: tuple[str, ...]) -> list[Component]:
    """Give the components from the top one down."""
    ids = [component_id(path[: depth + 1]) for depth in range(len(path))]
    above = [None, *ids[:-1]]
    return [
        Component(id=own, name=name, part_of=parent)
        for own, name, parent in zip(ids, path, above, strict=True)
    ]


def component_id(path: tuple[str, ...]) -> str:
    return ".".join((ROOT, *(slug(level).replace("-", "_") for level in path)))


def supplied_parts(lines: RecallLines) -> SuppliedParts:
    """Join the lines that name a maker's component with those that name its supplier."""
    paths = {
        recall_files.campaign_number(n): component_path(n.get("COMPNAME")) for n in lines.recalls
    }
    named = [
        *_named_values(lines.recalls, "MFR_COMP_NAME"),
        *_named_values(lines.suppliers, "component_name"),
    ]
    finest: dict[str, str] = {}
    found: dict[str, tuple[str, str]] = {}
    for campaign, name in named:
        parent = paths.get(campaign)
        if parent is not None and campaign not in finest:
            finest[campaign] = component_id((*parent, name))
            found[finest[campaign]] = (name, component_id(parent))
    makers = _suppliers_of(lines.suppliers)
    by_component = _group_by_component(lines.suppliers, finest)
    return SuppliedParts(
        components=tuple(
            Component(id=own, name=name, part_of=parent, suppliers=tuple(by_component.get(own, ())))
            for own, (name, parent) in found.items()
        ),
        parts=tuple(_part_rows(lines, finest, {own: name for own, (name, _) in found.items()})),
        suppliers=tuple(makers.values()),
        finest=finest,
    )


def _named_values(lines: list[RecallLine], column: str) -> Iterator[tuple[str, str]]:
    for line in lines:
        name = _stated_value(line.get(column))
        if name:
            yield recall_files.campaign_number(line), _written_name(ASSEMBLY.sub("assembly", name))


def _suppliers_of(lines: list[RecallLine]) -> dict[str, Supplier]:
    """Give each group once: its plants in several countries are one supplier."""
    found: dict[str, Supplier] = {}
    for line in lines:
        name = _stated_value(line.get("supplier_group")) or _stated_value(
            line.get("supplier_canonical")
        )
        country = _stated_value(line.get("supplier_country")).replace(" Of", " of") or None
        if name and (slug(name) not in found or found[slug(name)].country is None):
            found[slug(name)] = Supplier(id=slug(name), name=name, country=country)
    return found


def _group_by_component(
    lines: list[RecallLine], finest: dict[str, str]
) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        name = _stated_value(line.get("supplier_group")) or _stated_value(
            line.get("supplier_canonical")
        )
        component = finest.get(recall_files.campaign_number(line))
        if name and component:
            found.setdefault(component, {})[slug(name)] = None
    return found


def _part_rows(lines: RecallLines, finest: dict[str, str], names: dict[str, str]) -> Iterator[Part]:
    seen: set[str] = set()
    numbered = [(n, n.get("MFR_COMP_PTNO")) for n in lines.recalls]
    numbered += [(n, n.get("part_number")) for n in lines.suppliers]
    for line, written in numbered:
        component = finest.get(recall_files.campaign_number(line))
        for number in PART_NUMBER.findall(_stated_value(written).upper()):
            if component and number not in seen and any(c.isdigit() for c in number):
                seen.add(number)
                yield Part(id=number, name=names[component], component=component)


def _stated_value(value: str) -> str:
    if GARBLED in value:
        value = value.encode("latin-1", errors="ignore").decode("utf-8", errors="ignore")
    bare = BRACKETS.sub(" ", value).strip()
    return "" if bare.casefold().rstrip(".") in UNSTATED else bare


def _written_name(level: str) -> str:
    """Give a name that was written in capitals as a sentence would hold it."""
    lowered = LETTERS.sub(_word_case, " ".join(level.split()))
    return lowered[:1].upper() + lowered[1:]


def _word_case(found: re.Match[str]) -> str:
    word = found[0]
    return word if word in ACRONYMS or word != word.upper() else word.lower()
