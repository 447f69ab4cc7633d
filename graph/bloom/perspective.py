"""The perspective that Bloom imports, made from the graph's own model (`make perspective`).

Its form is that of Bloom 2.x (`perspective.schema.json`, written from published perspectives); it
was not yet imported into a Bloom, which needs a licence. Labels, properties and relationships come
from `graph.nodes`, looks from `categories`, search phrases from `phrases.cypher`. The pages draw
the kinds that `neighbourhood` gives in the same looks.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from neomodel import (
    ArrayProperty,
    BooleanProperty,
    DateTimeProperty,
    FloatProperty,
    IntegerProperty,
    StringProperty,
    StructuredNode,
)

from domain.neighbourhoods import KnowledgeKind
from graph import nodes
from graph.bloom.categories import EDGE_CAPTIONS, HIDDEN_TYPES, LOOKS, NodeLook, is_shown
from graph.bloom.phrases import PhraseParameter, SearchPhrase, read_phrases

NAME = "Battwheels OS"
FOLDER = Path(__file__).parent
PRINTED, STYLE, SAVED = (
    FOLDER / "perspective.json",
    FOLDER / "style.grass",
    FOLDER / "saved_queries.cypher",
)
# What the pages draw with, beside the page that does.
DRAWN = FOLDER.parents[1] / "web" / "app" / "src" / "graph" / "looks.json"
# What names a node, the first that it has (`neighbourhoods.cypher` says the same).
KEYS = ("id", "key", "code")
# Of the form, not of the day: the same model gives the same file.
VERSION, MADE = "2.21.0", 1_764_460_800_000
EDGE_COLOR = "#848484"
TYPES: Mapping[type[Any], str] = {
    StringProperty: "string",
    IntegerProperty: "bigint",
    FloatProperty: "number",
    BooleanProperty: "boolean",
    DateTimeProperty: "DateTime",
    ArrayProperty: "Array",
    nodes.PointProperty: "Point",
}
DECLARED: Mapping[str, Any] = {
    kind.__label__: kind
    for kind in vars(nodes).values()
    if isinstance(kind, type) and issubclass(kind, StructuredNode) and kind is not StructuredNode
}


def build_perspective() -> dict[str, Any]:
    """Give the perspective as JSON values."""
    shown = {look.label for look in LOOKS}
    edges = [edge for edge in declared_edges() if {edge[0], edge[2]} <= shown]
    return {
        "name": NAME,
        "id": str(uuid5(NAMESPACE_URL, "battwheels/bloom")),
        "version": VERSION,
        "createdAt": MADE,
        "lastEditedAt": MADE,
        "parentPerspectiveId": None,
        "isAuto": False,
        "hideUncategorisedData": True,
        "hiddenCategories": [],
        "hiddenRelationshipTypes": list(HIDDEN_TYPES),
        "palette": {
            "colors": list(dict.fromkeys(look.color for look in LOOKS)),
            "currentIndex": 0,
        },
        "categories": [_category(n, look) for n, look in enumerate(LOOKS, start=1)],
        "labels": {look.label: _label_properties(look.label) for look in LOOKS},
        "relationshipTypes": [_edge_type(kind) for kind in sorted({edge[1] for edge in edges})],
        "templates": [_template(n, one) for n, one in enumerate(read_phrases(), start=1)],
        "sceneActions": [],
        "metadata": {
            "pathSegments": [
                {"source": one, "relationshipType": kind, "target": other}
                for one, kind, other in edges
            ],
            "indexes": [
                {"label": look.label, "type": "native", "propertyKeys": list(look.captions)}
                for look in LOOKS
            ],
        },
    }


def build_style() -> str:
    """Give the same looks as a style of Neo4j Browser (GraSS)."""
    blocks = [
        f"node.{look.label} {{\n"
        f"  color: {look.color};\n  border-color: {look.color};\n"
        f"  text-color-internal: {'#000000' if look.color == '#F0E442' else '#FFFFFF'};\n"
        f"  diameter: {round(40 * look.size)}px;\n"
        f'  caption: "{{{look.captions[0]}}}";\n}}\n'
        for look in LOOKS
    ]
    edge = (
        f'relationship {{\n  color: {EDGE_COLOR};\n  shaft-width: 2px;\n  caption: "<type>";\n}}\n'
    )
    return "\n".join([*blocks, edge])


def build_saved() -> str:
    """Give the phrases as queries to keep in Browser: values are set by `:param` before them."""
    return "\n".join(_saved(one) for one in read_phrases())


def declared_edges() -> list[tuple[str, str, str]]:
    """Give every (label, type, label) that the graph declares."""
    return sorted(
        {
            (label, edge.definition["relation_type"], edge._raw_class)  # noqa: SLF001 - no public name
            for label, kind in DECLARED.items()
            for edge in kind.defined_properties(properties=False, aliases=False).values()
        }
    )


def _properties(kind: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - neomodel makes them at run time
    for name, found in kind.defined_properties(rels=False, aliases=False).items():
        yield found.db_property or name, TYPES[type(found)]


def _shown_properties(label: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in _properties(DECLARED[label]) if is_shown(label, name)]


def _category(number: int, look: NodeLook) -> dict[str, Any]:
    return {
        "id": number,
        "name": look.name,
        "labels": [look.label],
        "properties": [
            {"name": name, "exclude": False, "dataType": kind}
            for name, kind in _shown_properties(look.label)
        ],
        "color": look.color,
        "size": look.size,
        "icon": "no-icon",
        "captionKeys": list(look.captions),
        "createdAt": MADE,
        "lastEditedAt": MADE,
    }


def _label_properties(label: str) -> list[dict[str, str]]:
    return [
        {"propertyKey": name, "type": label, "dataType": kind}
        for name, kind in _shown_properties(label)
    ]


def _edge_type(kind: str) -> dict[str, Any]:
    return {
        "id": kind,
        "name": kind,
        "properties": [
            {"propertyKey": name, "type": kind, "dataType": of}
            for name, of in sorted(_edge_properties(kind).items())
            if is_shown("*", name)
        ],
        "color": EDGE_COLOR,
        "size": 1,
        "captionKeys": ["0_REL_TYPE_CAPTION_KEY", *EDGE_CAPTIONS.get(kind, ())],
    }


def _edge_properties(kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declared in DECLARED.values():
        for edge in declared.defined_properties(properties=False, aliases=False).values():
            model = edge.definition["model"]
            if edge.definition["relation_type"] == kind and model is not None:
                found.update(_properties(model))
    return found


def _template(number: int, phrase: SearchPhrase) -> dict[str, Any]:
    return {
        "id": f"tmpl:{MADE + number}",
        "name": phrase.name,
        "text": phrase.text,
        "cypher": phrase.cypher,
        "isUpdateQuery": None,
        "hasCypherErrors": False,
        "createdAt": MADE,
        "params": [_parameter(one) for one in phrase.params],
    }


def _parameter(one: PhraseParameter) -> dict[str, Any]:
    return {
        "name": f"${one.name}",
        "dataType": one.kind,
        "collapsed": False,
        "suggestionLabel": one.label,
        "suggestionProp": one.prop,
        "suggestionBoolean": False,
        "cypher": None,
    }


def _saved(phrase: SearchPhrase) -> str:
    values = "".join(
        f"// :param {one.name} => '…'   ({one.label}.{one.prop})\n" for one in phrase.params
    )
    return f"// {phrase.text}\n{values}{phrase.cypher};\n"


def build_looks() -> dict[str, dict[str, str | float]]:
    """Give how the pages draw each kind of knowledge, and how Cypher names one of them."""
    looks = {look.label: look for look in LOOKS}
    return {
        kind.name: {
            "label": kind,
            "key": next(key for key in KEYS if key in dict(_properties(DECLARED[kind]))),
            "color": looks[kind].color,
            "size": looks[kind].size,
        }
        for kind in KnowledgeKind
    }


def write_perspective() -> None:
    """Write the perspective, the style and the queries beside this file, and what pages draw."""
    PRINTED.write_bytes(orjson.dumps(build_perspective(), option=orjson.OPT_INDENT_2) + b"\n")
    STYLE.write_text(build_style(), encoding="utf-8")
    SAVED.write_text(build_saved(), encoding="utf-8")
    DRAWN.write_bytes(orjson.dumps(build_looks(), option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    write_perspective()
