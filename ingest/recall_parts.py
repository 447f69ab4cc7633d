"""Which component a recall names, which part numbers it has, and who supplied it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.vehicles import slug
from domain.vocabulary import Component, Part, Supplier
from ingest.campaigns import Campaign
from ingest.recall_files import SupplierLine

UNSTATED = frozenset({"", "nr", "n/a", "na", "none", "not applicable", "unknown", "tbd"})
BRACKETS = re.compile(r"[\[\]]+")
PART_NUMBER = re.compile(r"(?:[A-Z0-9]{6,}|[A-Z0-9]{3,5}-[A-Z0-9]{3,})(?:-[A-Z0-9]+)*")
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


def component_tree(path: tuple[str, ...], root: str) -> list[Component]:
    """Give the components from the top one down."""
    ids = [component_id(path[: depth + 1], root) for depth in range(len(path))]
    above = [None, *ids[:-1]]
    return [
        Component(id=own, name=name, part_of=parent)
        for own, name, parent in zip(ids, path, above, strict=True)
    ]


def component_id(path: tuple[str, ...], root: str) -> str:
    return ".".join((root, *(slug(level).replace("-", "_") for level in path)))


def supplied_parts(campaigns: Sequence[Campaign], lines: Sequence[SupplierLine]) -> SuppliedParts:
    """Join the campaigns, which name makers' components, with the lines that name suppliers."""
    by_number = {campaign.number: campaign for campaign in campaigns}
    named = [(c.number, name) for c in campaigns for name in c.part_names]
    named += [(line.number, line.get("part_name")) for line in lines]
    finest: dict[str, str] = {}
    found: dict[str, tuple[str, str]] = {}
    for number, written in named:
        campaign, name = by_number.get(number), _stated_value(written)
        if name and campaign is not None and number not in finest:
            written_name = _written_name(ASSEMBLY.sub("assembly", name))
            root, path = campaign.first.agency.root, component_path(campaign.component)
            finest[number] = component_id((*path, written_name), root)
            found[finest[number]] = (written_name, component_id(path, root))
    by_component = _group_by_component(lines, finest)
    return SuppliedParts(
        components=tuple(
            Component(id=own, name=name, part_of=parent, suppliers=tuple(by_component.get(own, ())))
            for own, (name, parent) in found.items()
        ),
        parts=tuple(
            _part_rows(campaigns, lines, finest, {own: name for own, (name, _) in found.items()})
        ),
        suppliers=tuple(_suppliers_of(lines).values()),
        finest=finest,
    )


def _suppliers_of(lines: Sequence[SupplierLine]) -> dict[str, Supplier]:
    """Give each group once: its plants in several countries are one supplier."""
    found: dict[str, Supplier] = {}
    for line in lines:
        name = _supplier_name(line)
        country = _stated_value(line.get("supplier_country")).replace(" Of", " of") or None
        if name and (slug(name) not in found or found[slug(name)].country is None):
            found[slug(name)] = Supplier(id=slug(name), name=name, country=country)
    return found


def _supplier_name(line: SupplierLine) -> str:
    return _stated_value(line.get("supplier_group")) or _stated_value(line.get("supplier"))


def _group_by_component(
    lines: Sequence[SupplierLine], finest: dict[str, str]
) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        name = _supplier_name(line)
        component = finest.get(line.number)
        if name and component:
            found.setdefault(component, {})[slug(name)] = None
    return found


def _part_rows(
    campaigns: Sequence[Campaign],
    lines: Sequence[SupplierLine],
    finest: dict[str, str],
    names: dict[str, str],
) -> Iterator[Part]:
    seen: set[str] = set()
    numbered = [(c.number, written) for c in campaigns for written in c.part_numbers]
    numbered += [(line.number, line.get("part_number")) for line in lines]
    for campaign, written in numbered:
        component = finest.get(campaign)
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
