"""Imports on the real graph: they add, they are shown before, and each can be taken back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from domain.access import SEES_ALL
from domain.card_differences import differences
from domain.card_lifecycle import CardChange, edit_card, verify_card
from domain.cards import CardStatus, FailureCard, Severity
from domain.codes import ErrorCode
from domain.errors import ImportRefused, NotFound
from domain.ids import CardId, PersonId
from domain.matches import Embedding
from domain.vehicles import VehicleCategory, VehicleModel
from domain.vocabulary import Component, Supplier
from graph.cards import CardStore
from graph.database import Graph
from graph.imports import ImportStore
from graph.vocabulary import VocabularyStore
from ingest import cards_file, code_lists, recalls
from ingest.batch import ImportBatch
from ingest.import_undo import UndoReport, undo_import
from ingest.imports import ImportReport, LoggedImport, import_batch, new_record, preview_batch
from tests.ingest.conftest import Written
from tests.ingest.test_recalls import RESULT, flat

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
ESCAPE = CardId("fc_nhtsa_21v123000")
CARD = "title,symptom_text,cause,steps,make,model\nFuse,Dead at key on,Short,{steps},Ather,450X\n"


class Vectors:
    """An embedder without a model: a vector that follows from the text alone."""

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [Embedding(model="m", vector=_vector_of(text)) for text in texts]


def _vector_of(text: str) -> list[float]:
    return [1.0 + byte for byte in sha256(text.encode()).digest()] * 12


@dataclass(frozen=True)
class Workshop:
    """The opened stores, as importing, looking ahead and taking back see them."""

    graph: Graph
    cards: CardStore
    vocabulary: VocabularyStore
    embedder: Vectors
    imports: ImportStore

    async def bring(self, batch: ImportBatch, kind: str = "recalls") -> ImportReport:
        record = new_record(kind, "f", NOW)
        logged = LoggedImport(record=record, log=self.imports)
        return await import_batch(batch, self, skip_bad=True, logged=logged)

    async def undo(self, report: ImportReport) -> UndoReport:
        assert report.id is not None
        return await undo_import(report.id, self, NOW + timedelta(hours=1))

    async def card(self, id: CardId = ESCAPE) -> FailureCard:
        return await self.cards.get(id, SEES_ALL)

    async def nodes(self) -> list[dict[str, Any]]:
        """Give how many nodes of each label there are, those of the record itself apart."""
        return await self.graph.read(
            "MATCH (n) WHERE NOT n:Import|ImportedEntry|Event|Migration "
            "WITH [l IN labels(n) WHERE NOT l IN ['Unembedded', 'Findable', 'Public']][0] AS label "
            "RETURN label, count(*) AS many ORDER BY label"
        )


@pytest.fixture
def workshop(graph: Graph) -> Workshop:
    stores = (CardStore(graph), VocabularyStore(graph), Vectors(), ImportStore(graph))
    return Workshop(graph, *stores)


def listed(*changes: dict[str, str]) -> str:
    return json.dumps({"results": [RESULT | one for one in changes]})


def read(written: Written, *changes: dict[str, str]) -> ImportBatch:
    return recalls.read_campaigns(written("r.json", listed(*changes)))


async def test_a_file_that_knows_one_vehicle_narrows_nothing(
    workshop: Workshop, written: Written
) -> None:
    mach = {"Model": "MUSTANG MACH-E", "ModelYear": "2022", "parkOutSide": "Yes"}
    await workshop.bring(read(written, {}, mach))
    before = await workshop.card()
    report = await workshop.bring(read(written, {"Model": "MUSTANG MACH-E", "ModelYear": "2022"}))
    assert (report.changed, report.unchanged, report.id) == (0, 1, None)
    assert await workshop.card() == before
    assert before.signature.severity is Severity.CRITICAL


async def test_a_file_that_knows_another_vehicle_adds_it(
    workshop: Workshop, written: Written
) -> None:
    await workshop.bring(read(written, {}))
    before = await workshop.card()
    report = await workshop.bring(read(written, {"Model": "TRANSIT", "ModelYear": "2022"}))
    after = await workshop.card()
    assert report.changed == 1
    assert set(before.vehicles) < set(after.vehicles)
    assert differences(before, after) == ["vehicles: +1 (Ford TRANSIT 2022)"]


async def test_a_broken_line_replaces_no_card_by_a_stump(
    workshop: Workshop, written: Written
) -> None:
    await workshop.bring(read(written, {}))
    before = await workshop.card()
    whole = flat(CAMPNO="21V999000")
    cut = flat().partition(" Safety Standard")[0] + "\n number 305.\tA risk.\tA remedy.\t\t\t\t"
    batch = recalls.read_campaigns(
        written("flat.txt", f"{whole}\n{cut}\n{flat(CAMPNO='21V998000')}")
    )
    assert [r.line for r in batch.refused] == [2, 3]
    await workshop.bring(batch)
    assert await workshop.card() == before
    # Also where the columns are all there and a text breaks off.
    short = {"Summary": RESULT["Summary"][:150], "Remedy": "", "Consequence": ""}
    await workshop.bring(read(written, short))
    assert await workshop.card() == before


async def test_what_people_edited_keeps_their_words(workshop: Workshop, written: Written) -> None:
    await workshop.bring(read(written, {}))
    card = await workshop.card()
    change = CardChange(by=PersonId("asha"), at=NOW, expected=card.version)
    edited = edit_card(card, replace(card, title="As Asha says it"), change)
    await workshop.cards.put(edited, [], expected=card.version)
    await workshop.bring(read(written, {"Consequence": "A fire may start at any time."}))
    assert await workshop.card() == edited
    await workshop.bring(read(written, {"Model": "TRANSIT"}))
    after = await workshop.card()
    assert (after.title, after.status) == ("As Asha says it", CardStatus.PROVISIONAL)
    assert "TRANSIT" in {v.model for v in after.vehicles}


async def test_a_card_of_another_kind_is_not_overwritten(
    workshop: Workshop, written: Written
) -> None:
    await workshop.bring(read(written, {}))
    before = await workshop.card()
    stranger = written("c.csv", f"id,title,symptom_text,cause\n{ESCAPE},Mine,Mine,Mine\n")
    report = await workshop.bring(cards_file.read_cards(stranger, NOW.date()), "cards")
    assert [(one.card, one.why) for one in report.left] == [
        (ESCAPE, "is a card of another kind (recall)")
    ]
    assert await workshop.card() == before


async def test_an_import_takes_nothing_from_the_vocabulary(
    workshop: Workshop, written: Written
) -> None:
    words = workshop.vocabulary
    known = VehicleModel(
        make="Ford", model="Escape", year=2020, category=VehicleCategory.FOUR_WHEELER
    )
    electrical = Component(id="nhtsa.electrical_system", name="Electrical", suppliers=("acme",))
    acme = Supplier(id="acme", name="Acme", country="India")
    pack = ErrorCode(code="P0A80", scope="sae", description="Replace the battery pack")
    await words.load_suppliers([acme])
    await words.load_vehicles([known])
    await words.load_components([electrical])
    await words.load_error_codes([pack])
    await workshop.bring(read(written, {}))
    codes = "code,make,description\nP0A80,Mahindra,raw\nP1A0F13,Mahindra,Circuit open\n"
    codes += "P1A0F16,Mahindra,Voltage low\n"
    await workshop.bring(code_lists.read_codes(written("c.csv", codes)), "codes")
    assert await words.models(["ford-escape-2020"]) == [known]
    assert (await words.components(["nhtsa.electrical_system"]))[0].suppliers == ("acme",)
    assert await words.error_codes(["sae:P0A80", "mahindra:P1A0F"]) == [
        ErrorCode(code="P1A0F", scope="Mahindra", description="13: Circuit open; 16: Voltage low"),
        pack,
    ]


async def test_a_look_ahead_writes_nothing_and_says_what_would_change(
    workshop: Workshop, written: Written
) -> None:
    await workshop.bring(read(written, {}))
    before = await workshop.nodes()
    batch = read(
        written,
        {"Model": "TRANSIT", "ModelYear": "2022"},
        {"NHTSACampaignNumber": "22V000001", "Model": "TRANSIT", "ModelYear": "2022"},
    )
    preview = await preview_batch(batch, workshop)
    entries = {one.kind.name: (one.new, one.changed) for one in preview.entries if one.told}
    changed, new = preview.cards
    assert entries == {"vehicles": (1, 0), "components": (0, 0)}
    assert (new.card, new.before) == ("fc_nhtsa_22v000001", None)
    assert changed.before is not None
    assert changed.after is not None
    assert differences(changed.before, changed.after) == ["vehicles: +1 (Ford TRANSIT 2022)"]
    assert await workshop.nodes() == before


async def test_an_undone_import_leaves_nothing_to_be_found(
    workshop: Workshop, written: Written
) -> None:
    report = await workshop.bring(read(written, {}))
    undone = await workshop.undo(report)
    assert (undone.withdrawn, undone.restored, undone.left) == (1, 0, ())
    assert (await workshop.card()).status is CardStatus.DEPRECATED
    assert await workshop.graph.read("MATCH (c:Findable) RETURN c") == []
    kept = {row["label"]: row["many"] for row in await workshop.nodes()}
    assert kept == {"CardVersion": 2, "FailureCard": 1, "Technician": 1, "Cause": 1}
    assert [one.state for one in await workshop.imports.latest()] == ["undone"]


async def test_an_undone_import_can_be_made_again(workshop: Workshop, written: Written) -> None:
    batch = read(written, {})
    first = await workshop.bring(batch)
    before = await workshop.nodes()
    await workshop.undo(first)
    again = await workshop.bring(batch)
    card = await workshop.card()
    assert (again.changed, card.version, card.status) == (1, 3, CardStatus.VERIFIED)
    assert replace(card, version=1) == replace(batch.cards[0], usage=card.usage)
    versions = {"label": "CardVersion", "many": 3}
    assert await workshop.nodes() == [
        versions if row["label"] == "CardVersion" else row for row in before
    ]
    undone = await workshop.undo(again)
    assert undone.withdrawn == 1


async def test_undo_gives_changed_cards_and_entries_back(
    workshop: Workshop, written: Written
) -> None:
    first = await workshop.bring(read(written, {}))
    before = await workshop.card()
    changes = {"Consequence": "A fire may start.", "Model": "TRANSIT", "ModelYear": "2022"}
    second = await workshop.bring(read(written, changes))
    undone = await workshop.undo(second)
    after = await workshop.card()
    assert (undone.withdrawn, undone.restored, undone.entries) == (0, 1, 1)
    assert differences(before, after) == []
    assert (after.version, after.status) == (3, CardStatus.VERIFIED)
    assert await workshop.vocabulary.models(["ford-transit-2022"]) == []
    [row] = await workshop.graph.read(
        "MATCH (c:FailureCard) RETURN c:Unembedded AS waits, c:Findable AS found"
    )
    assert row == {"waits": False, "found": True}
    repeated = await workshop.bring(read(written, {}))
    assert (repeated.changed, repeated.unchanged) == (0, 1)
    assert first.id is not None


async def test_what_people_verified_since_is_not_undone(
    workshop: Workshop, written: Written
) -> None:
    path = written("c.csv", CARD.format(steps="Find the short"))
    report = await workshop.bring(cards_file.read_cards(path, NOW.date()), "cards")
    [name] = [one.id for one in await workshop.imports.cards_of(report.id or "")]
    card = await workshop.card(name)
    change = CardChange(by=PersonId("asha"), at=NOW, expected=1)
    verified = verify_card(card, change)
    await workshop.cards.put(verified, [], expected=1)
    before = await workshop.nodes()
    with pytest.raises(ImportRefused) as refused:
        await workshop.undo(report)
    assert refused.value.reason == (
        f"cannot be undone: 1 of its cards changed since: {name} (version 2 by import). "
        "People have worked on them; keep them."
    )
    assert await workshop.card(name) == verified
    assert await workshop.nodes() == before


async def test_a_later_import_is_undone_first(workshop: Workshop, written: Written) -> None:
    first = await workshop.bring(read(written, {}))
    second = await workshop.bring(read(written, {"Model": "TRANSIT"}))
    with pytest.raises(ImportRefused, match=f"Undo first: {second.id}"):
        await workshop.undo(first)
    await workshop.undo(second)
    undone = await workshop.undo(first)
    assert (undone.withdrawn, undone.restored, undone.left) == (1, 0, ())
    assert (await workshop.card()).status is CardStatus.DEPRECATED


async def test_undo_of_nothing_is_refused(workshop: Workshop, written: Written) -> None:
    with pytest.raises(NotFound):
        await undo_import("imp_none", workshop, NOW)
    report = await workshop.bring(read(written, {}))
    await workshop.undo(report)
    with pytest.raises(ImportRefused, match="was undone before"):
        await workshop.undo(report)


async def test_a_file_of_cards_that_says_less_keeps_what_was_known(
    workshop: Workshop, written: Written
) -> None:
    full = written("c.csv", CARD.format(steps="Find the short|Replace the fuse"))
    batch = cards_file.read_cards(full, NOW.date())
    await workshop.bring(batch, "cards")
    bare = cards_file.read_cards(written("c.csv", CARD.format(steps="")), NOW.date())
    report = await workshop.bring(bare, "cards")
    assert (report.changed, report.unchanged) == (0, 1)
    card = await workshop.card(batch.cards[0].id)
    assert [s.action for s in card.resolution.steps] == ["Find the short", "Replace the fuse"]


async def test_the_files_of_one_vehicle_and_of_all_give_the_same_cards(
    workshop: Workshop, data: Path
) -> None:
    files = data / "reports" / "ingest"
    if not files.is_dir():
        pytest.skip("the files that people have lie beside the project and are not there")
    await workshop.bring(recalls.read_campaigns(files / "api_Results.json"))
    known = {c.id: c for c in await workshop.cards.page(SEES_ALL, first=100)}
    for name in ("api_one_vehicle.json", "FLAT_RCL_broken_line.txt", "semicolon.csv"):
        await workshop.bring(recalls.read_campaigns(files / name))
    for card in await workshop.cards.page(SEES_ALL, first=100):
        if card.id in known:
            before = known[card.id]
            assert set(before.vehicles) <= set(card.vehicles)
            assert card.published == before.published
            assert card.status is CardStatus.VERIFIED
