"""The shared vocabulary: symptoms, components, codes, parts, suppliers and vehicle models."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, TypeVar, cast

from domain.codes import ErrorCode, normalise_code
from domain.vehicles import VehicleCategory, VehicleModel
from domain.vocabulary import Component, Part, Supplier, Symptom
from graph.card_rows import model_row
from graph.database import Graph, Row, Transaction, run_query
from graph.queries import named_queries
from graph.recent_entries import RecentEntries

QUERIES = named_queries("vocabulary.cypher")
BATCH = 1_000
BATCH_SECONDS = 60.0
EVERYTHING = 1_000_000

T = TypeVar("T")
# What an entry of each kind is asked for by.
KEYS: dict[str, Callable[[Any], str]] = {
    "some_symptoms": lambda symptom: symptom.code,
    "some_codes": lambda code: code.key,
    "some_components": lambda component: component.id,
    "some_parts": lambda part: part.id,
    "some_suppliers": lambda supplier: supplier.id,
    "some_models": lambda model: model.id,
}
# The query that reads entries of each kind by their keys.
READERS: dict[type, str] = {
    Symptom: "some_symptoms",
    ErrorCode: "some_codes",
    Component: "some_components",
    Part: "some_parts",
    Supplier: "some_suppliers",
    VehicleModel: "some_models",
}


@dataclass(frozen=True, slots=True)
class UnknownName:
    """An entry that a card or report named and no load has described yet."""

    kind: str
    name: str


class VocabularyStore:
    """Each `load_` states how its entries are from now on; each reader gives them by their key.

    A reader gives the entries that are named, or else a page: the `first` ones behind `after`.
    """

    def __init__(self, graph: Graph, recent: RecentEntries | None = None) -> None:
        self._graph = graph
        self._recent = recent or RecentEntries()

    async def load_vehicles(self, models: Sequence[VehicleModel]) -> None:
        found = [model_row(model) for model in models]
        await self._load([("load_makes", found), ("load_vehicles", found)])

    async def load_suppliers(self, suppliers: Sequence[Supplier]) -> None:
        found: list[Row] = [{"id": s.id, "name": s.name, "country": s.country} for s in suppliers]
        await self._load([("load_suppliers", found)])

    async def load_components(self, components: Sequence[Component]) -> None:
        await self._load(
            [
                ("load_components", [{"id": c.id, "name": c.name} for c in components]),
                ("cut_components", [{"id": c.id} for c in components]),
                ("part_of", [{"id": c.id, "part_of": c.part_of} for c in components if c.part_of]),
                (
                    "supplied_by",
                    [{"id": c.id, "supplier": s} for c in components for s in c.suppliers],
                ),
            ]
        )

    async def load_symptoms(self, symptoms: Sequence[Symptom]) -> None:
        found: list[Row] = [
            {"code": s.code, "text": s.text, "phrases": list(s.phrases)} for s in symptoms
        ]
        seen: list[Row] = [
            {"code": s.code, "component": s.component} for s in symptoms if s.component
        ]
        await self._load([("load_symptoms", found), ("seen_on", seen)])

    async def load_error_codes(self, codes: Sequence[ErrorCode]) -> None:
        found: list[Row] = [{"key": c.key, "properties": _code_properties(c)} for c in codes]
        raised: list[Row] = [{"key": c.key, "component": c.component} for c in codes if c.component]
        await self._load([("load_codes", found), ("raised_by", raised)])

    async def load_parts(self, parts: Sequence[Part]) -> None:
        await self._load(
            [
                ("load_parts", [{"id": p.id, "name": p.name, "hsn": p.hsn} for p in parts]),
                ("cut_parts", [{"id": p.id} for p in parts]),
                ("is_a", [{"id": p.id, "component": p.component} for p in parts if p.component]),
                ("fits", [{"id": p.id, "model": m} for p in parts for m in p.fits]),
                (
                    "supersedes",
                    [{"id": p.id, "supersedes": p.supersedes} for p in parts if p.supersedes],
                ),
            ]
        )

    async def symptoms(
        self, codes: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Symptom]:
        return await self._give(
            ("all_symptoms", "some_symptoms"), _symptom_of, codes, (first, after)
        )

    async def components(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Component]:
        return await self._give(
            ("all_components", "some_components"), _component_of, ids, (first, after)
        )

    async def error_codes(
        self, keys: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[ErrorCode]:
        return await self._give(("all_codes", "some_codes"), _code_of, keys, (first, after))

    async def parts(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Part]:
        return await self._give(("all_parts", "some_parts"), _part_of, ids, (first, after))

    async def suppliers(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[Supplier]:
        return await self._give(
            ("all_suppliers", "some_suppliers"), _supplier_of, ids, (first, after)
        )

    async def models(
        self, ids: Iterable[str] | None = None, *, first: int = EVERYTHING, after: str = ""
    ) -> list[VehicleModel]:
        return await self._give(("all_models", "some_models"), _model_of, ids, (first, after))

    def recalled(self, of: type[T], key: str) -> T | None:
        """Give an entry that was read a moment ago and is still believed, without asking."""
        return cast("T | None", self._recent.one(READERS[of], key))

    async def awaiting_review(self) -> list[UnknownName]:
        """Give what was named and is not described: for whoever keeps the vocabulary (CA-5)."""
        found = await self._graph.read(QUERIES["awaiting_review"])
        return [UnknownName(row["kind"], row["key"] or row["name"]) for row in found]

    async def _load(self, passes: Sequence[tuple[str, Sequence[Row]]]) -> None:
        for name, found in passes:
            for start in range(0, len(found), BATCH):
                await self._write(QUERIES[name], found[start : start + BATCH])
        self._recent.forget()

    async def _write(self, query: LiteralString, batch: Sequence[Row]) -> None:
        async def work(tx: Transaction) -> None:
            ids = [row["id"] for row in batch if "id" in row]
            await run_query(tx, query, rows=list(batch), ids=ids)

        await self._graph.write(work, seconds=BATCH_SECONDS)

    async def _give(
        self,
        names: tuple[str, str],
        value: Callable[[Row], T],
        keys: Iterable[str] | None,
        page: tuple[int, str],
    ) -> list[T]:
        """Give a page of all entries, or every entry of these keys."""
        of_all, of_some = names
        if keys is None:
            return await self._read(of_all, value, keys=[], first=page[0], after=page[1])
        wanted = sorted(set(keys))
        known = self._recent.known(of_some, wanted)
        missing = [key for key in wanted if key not in known]
        if missing:
            keys = sorted({*missing, *self._recent.asked_lately(of_some)})
            read = await self._read(of_some, value, keys=keys, first=EVERYTHING, after="")
            self._recent.keep(of_some, ((KEYS[of_some](entry), entry) for entry in read))
            known |= {KEYS[of_some](entry): entry for entry in read}
        return [cast("T", known[key]) for key in wanted if key in known]

    async def _read(self, name: str, value: Callable[[Row], T], **parameters: object) -> list[T]:
        return [value(row) for row in await self._graph.entries(QUERIES[name], **parameters)]


def _code_properties(code: ErrorCode) -> Row:
    return {
        "code": normalise_code(code.code),
        "scope": code.scope,
        "description": code.description,
        "illustrative": code.illustrative,
    }


def _symptom_of(row: Row) -> Symptom:
    return Symptom(
        code=row["code"],
        text=row["text"],
        component=row["component"],
        phrases=tuple(row["phrases"]),
    )


def _component_of(row: Row) -> Component:
    return Component(
        id=row["id"],
        name=row["name"],
        part_of=row["part_of"],
        suppliers=tuple(sorted(row["suppliers"])),
    )


def _code_of(row: Row) -> ErrorCode:
    return ErrorCode(
        code=row["code"],
        scope=row["scope"],
        description=row["description"],
        component=row["component"],
        illustrative=row["illustrative"],
    )


def _part_of(row: Row) -> Part:
    return Part(
        id=row["id"],
        name=row["name"],
        hsn=row["hsn"],
        component=row["component"],
        fits=tuple(sorted(row["fits"])),
        supersedes=row["supersedes"],
    )


def _supplier_of(row: Row) -> Supplier:
    return Supplier(id=row["id"], name=row["name"], country=row["country"])


def _model_of(row: Row) -> VehicleModel:
    return VehicleModel(
        make=row["make"],
        model=row["model"],
        variant=row["variant"],
        year=row["year"] or None,
        category=VehicleCategory(row["category"]),
    )
