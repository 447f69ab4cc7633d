"""From a validated document to Python that answers it: a function for each object and each field.

An object is one dict display: what is a leaf stands in it as an expression, so that the usual value
costs an attribute and a comparison. For `{ card(id: $id) { title cause { primary } } }`:

    def o2(source, way, run):                     # RootCause
        if source.__class__ is not K2: raise Unplanned
        return {'primary': (v if (v := source.primary).__class__ is str else l2(v, way, run))}

    def f3(source, way, run):                     # FailureCard.cause
        try:
            value = M3(source)
            ...
            return o2(value, (way, 'cause', 'FailureCard'), run)
        except Exception as error:
            return run.failed(F3, error, way)

Fields that have to wait are started after the dict is made, into the places kept for them in it.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from graphql import (
    GraphQLObjectType,
    OperationDefinitionNode,
    Undefined,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import (
    FieldDetails,
    collect_fields,
    collect_subfields,
)
from strawberry.types.field import StrawberryField

from resolvers.plans import leaves
from resolvers.plans.fields import (
    BACKREF,
    EVERYTHING,
    FieldAccess,
    PlanField,
    is_list,
    never_null,
    plan_field,
    unwrap_type,
)
from resolvers.plans.run import PlanRun, Unplanned, missing_field, raise_if_error

# Beyond this a document's plan would cost more memory than it saves time.
MOST_FUNCTIONS = 300
MOST_MEMBERS = 20

Root = Callable[[object, None, PlanRun], dict[str, Any]]


class PlanTooLong(Exception):
    """A document that is not worth a plan."""


class PlanWriter:
    """Writes the functions of one operation, and gives the one of its root."""

    def __init__(self, executor: Executor[Any], handled: Callable[[StrawberryField], bool]) -> None:
        self._executor = executor
        self._handled = handled
        self._lines: list[str] = []
        self._count = 0
        self._names: dict[str, object] = {
            "Unplanned": Unplanned,
            "Undefined": Undefined,
            "missing": missing_field,
            "raised": raise_if_error,
        }

    def root(self, operation: OperationDefinitionNode) -> Root:
        """Give the function that answers the operation.

        Raises:
            PlanTooLong: it would be too long.
            Unplanned: it asks for what only graphql-core answers.
        """
        run: Any = cast("Any", self._executor)
        kind = run.schema.get_root_type(operation.operation)
        if kind is None:
            raise Unplanned
        found: Any = collect_fields(
            run.schema, run.fragments, run.variable_values, kind, run.operation
        )
        name = self._object(kind, found.grouped_field_set, EVERYTHING, checked=False)
        exec(compile("\n".join(self._lines), "<plan>", "exec"), self._names)  # noqa: S102 - names of our schema and keys in quotes, nothing else of the document
        return cast("Root", self._names[name])

    def _object(
        self,
        kind: GraphQLObjectType,
        fields: Mapping[str, list[FieldDetails]],
        lift: int,
        *,
        checked: bool = True,
    ) -> str:
        """Write the function of an object; `lift` is how far above it is what may be null."""
        entries, late = list[str](), list[str]()
        for key, details in fields.items():
            entry, later = self._entry(kind, key, details, lift)
            entries.append(f"{key!r}: {entry}")
            late += [later] if later else []
        name = self._name("o")
        self._lines.append(f"def {name}(source, way, run):")
        if checked:
            self._lines += self._check(kind, name)
        shown = "{" + ", ".join(entries) + "}"
        if late:
            self._lines += [f"    into = {shown}", *(f"    {one}" for one in late)]
            shown = "into"
        self._lines.append(f"    return {shown}")
        return name

    def _check(self, kind: GraphQLObjectType, name: str) -> list[str]:
        """Give the line that lets only objects of the type's class in: they have its attributes."""
        definition: Any = kind.extensions.get(BACKREF)
        if definition is None or definition.is_type_of is not None:
            raise Unplanned
        made = definition.concrete_of or definition
        self._names[f"K{name}"] = (definition.origin, made.origin)
        return [f"    if source.__class__ not in K{name}: raise Unplanned"]

    def _entry(
        self, kind: GraphQLObjectType, key: str, details: list[FieldDetails], lift: int
    ) -> tuple[str, str | None]:
        """Give the expression of a field in its object, and what is to be started afterwards."""
        asked = details[0].node.name.value
        if asked == "__typename":
            return repr(kind.name), None
        if asked.startswith("__"):
            raise Unplanned
        field = plan_field((key, kind, lift), details, self._handled)
        name = self._name("f")
        self._names[f"F{name}"], self._names[f"M{name}"] = field, field.call
        if field.means is FieldAccess.EXECUTOR or not self._completable(field):
            return "None", f"run.execute(F{name}, source, way, into)"
        if field.means in {FieldAccess.COROUTINE, FieldAccess.EDGE}:
            return "None", self._started(name, field)
        leaf = self._leaf(name, field)
        if leaf is not None:
            return leaf, None
        self._function(name, field)
        return f"{name}(source, way, run)", None

    def _leaf(self, name: str, field: PlanField) -> str | None:
        """Give the expression of an attribute that is one leaf."""
        inner = field.bare
        if field.means is not FieldAccess.ATTRIBUTE or not is_leaf_type(inner):
            return None
        assert field.strawberry is not None  # noqa: S101 - an attribute has its declaration
        attribute = f"source.{field.strawberry.python_name}"
        self._names[f"L{name}"] = leaves.complete_unusual(field)
        otherwise = f"L{name}(v, way, run)"
        if field.nullable:
            otherwise = f"(None if v is None else {otherwise})"
        members = leaves.named_enum(inner)
        if members is not None:
            self._names[f"E{name}"] = members
            return f"(v._name_ if (v := {attribute}).__class__ is E{name} else {otherwise})"
        usual = leaves.usual_check(inner) or ""
        first, _, rest = usual.partition(" ")
        if not rest:
            return f"L{name}({attribute}, way, run)"
        condition = f"{first.replace('v', f'(v := {attribute})', 1)} {rest}"
        return f"(v if {condition} else {otherwise})"

    def _function(self, name: str, field: PlanField) -> None:
        """Write the function of a field that is at hand, and that may hold objects."""
        at = f"(way, {field.key!r}, {field.parent.name!r})"
        self._lines += self._completion(name, field)
        self._lines += [
            f"def {name}(source, way, run):",
            "    try:",
            f"        return C{name}({self._value(name, field)}, {at}, run)",
            "    except Exception as error:",
            f"        return run.failed(F{name}, error, way)",
        ]

    def _started(self, name: str, field: PlanField) -> str:
        """Write what starts a field that waits, and give the call of it."""
        self._lines += self._completion(name, field)
        at = f"(way, {field.key!r}, {field.parent.name!r})"
        start = "begin" if field.means is FieldAccess.EDGE else "wait"
        self._lines += [
            f"def W{name}(value, way, run): return C{name}(value, {at}, run)",
            f"def {name}(source, way, run, into):",
            "    try:",
            f"        run.{start}({self._value(name, field)}, F{name}, W{name}, way, into)",
            "    except Exception as error:",
            f"        into[{field.key!r}] = run.failed(F{name}, error, way)",
        ]
        return f"{name}(source, way, run, into)"

    def _value(self, name: str, field: PlanField) -> str:
        """Give the expression of a field's value, before it is completed."""
        assert field.strawberry is not None  # noqa: S101 - what has none is left to the executor
        if field.means is FieldAccess.ATTRIBUTE:
            return f"source.{field.strawberry.python_name}"
        given = ["source"]
        info = f"run.info(F{name}, way)"
        if field.takes_info and not field.definition.args:
            given.append(f"{field.takes_info}={info}")
        elif field.takes_info:
            given.append(f"{field.takes_info}=(info := {info})")
            given.append(f"**run.arguments(F{name}, info)")
        elif field.definition.args:
            given.append(f"**run.arguments(F{name}, None)")
        return f"M{name}({', '.join(given)})"

    def _completion(self, name: str, field: PlanField) -> list[str]:
        """Give the function that completes a value, of the shapes that `_completable` lets pass."""
        inner = field.bare
        head = [f"def C{name}(value, at, run):"]
        if _of_leaves(inner):
            self._names[f"L{name}"] = leaves.complete_leaf(field.definition.type, field)
            usual = leaves.usual_check(inner, "value")
            shown = [f"    if {usual}: return value"] if usual else []
            return [*head, *shown, f"    return L{name}(value)"]
        nothing = "return None" if field.nullable else f"raise missing(F{name})"
        head.append(f"    if value is None or value is Undefined: {nothing}")
        head.append("    raised(value)")
        if not is_list(inner):
            return [*head, f"    return {self._shaped(name, field, inner, ('value', 'at'))}"]
        item = unwrap_type(unwrap_type(inner))
        shaped = self._shaped(name, field, item, ("one", "(at, n, None)"))
        return [
            *head,
            "    if not isinstance(value, (list, tuple)): raise Unplanned",
            "    for n, one in enumerate(value):",
            f"        if one is None: raise run.null_item(F{name}, (at, n, None))",
            f"    return [{shaped} for n, one in enumerate(value)]",
        ]

    def _shaped(self, name: str, field: PlanField, kind: Any, value: tuple[str, str]) -> str:  # noqa: ANN401
        """Give the expression of an object, or of whichever an interface or union gives.

        `value` is what holds it, and the way to it: of a field, or of one entry of its list.
        """
        lift = field.lift + (value[0] == "one")
        given = f"({value[0]}, {value[1]}, run)"
        if is_object_type(kind):
            return f"{self._selected(kind, field, lift)}{given}"
        members = self._executor.schema.get_possible_types(kind)
        self._names[f"A{name}"] = kind
        table = ", ".join(f"{m.name!r}: {self._selected(m, field, lift)}" for m in members)
        self._lines.append(f"T{name} = {{{table}}}")
        return f"T{name}[run.runtime_type(F{name}, A{name}, {value[0]}, {value[1]})]{given}"

    def _selected(self, kind: GraphQLObjectType, field: PlanField, lift: int) -> str:
        run = self._executor
        found = collect_subfields(
            run.schema, run.fragments, run.variable_values, run.operation, kind, field.details
        )
        return self._object(kind, found.grouped_field_set, lift)

    def _completable(self, field: PlanField) -> bool:
        """Say whether a field's type is a leaf, an object, or a list of objects without nulls."""
        inner = field.bare
        if _of_leaves(inner):
            return True
        if is_list(inner):
            item = unwrap_type(inner)
            if not never_null(item):
                return False
            inner = unwrap_type(item)
        if is_abstract_type(inner):
            return len(self._executor.schema.get_possible_types(inner)) <= MOST_MEMBERS
        return is_object_type(inner)

    def _name(self, letter: str) -> str:
        self._count += 1
        if self._count > MOST_FUNCTIONS:
            raise PlanTooLong
        return f"{letter}{self._count}"


def _of_leaves(kind: Any) -> bool:  # noqa: ANN401 - graphql-core's union of types
    """Say whether a type is a leaf, or lists of leaves however deep."""
    while is_list(kind) or never_null(kind):
        kind = unwrap_type(kind)
    return is_leaf_type(kind)
