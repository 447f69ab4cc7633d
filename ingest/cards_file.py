"""Failure cards that somebody else wrote, as a table or JSON (columns: `ingest/card_form.py`)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from domain.cards import (
    CardSource,
    CardStatus,
    Environment,
    Evidence,
    FailureCard,
    PartUse,
    Provenance,
    RepairStep,
    Resolution,
    RootCause,
    Signature,
    check_model_years,
)
from domain.codes import parse_code_key
from domain.errors import ImportRefused, InvalidInput
from domain.ids import CardId, card_id, person_id
from domain.vehicles import VehicleContext
from ingest.batch import ImportBatch, RefusedLine
from ingest.card_columns import column_values
from ingest.card_form import CardForm, card_columns, written_fields
from ingest.column_names import NO_MAP, ColumnForm, ColumnMap
from ingest.files import FileItem, open_text
from ingest.json_rows import is_json, read_items
from ingest.makers import maker_name
from ingest.quantities import temperature_range
from ingest.records_file import read_records

COMMAND = "ingest cards"
MOST_YEARS = 40


def read_cards(path: Path, today: date, columns: ColumnMap = NO_MAP) -> ImportBatch:
    """Read a file of cards; they come in provisional, for a second person to verify.

    Raises:
        ImportRefused: it is no table or JSON with the needed columns, or has one that no card has.
    """
    [form] = columns.over([card_columns()])
    at = written_at(path)
    cards: dict[CardId, FailureCard] = {}
    refused: list[RefusedLine] = []
    for line, fields, fault in _numbered_lines(path, form):
        try:
            card = _card_of_fields(fields, fault, at)
            check_model_years(card, today)
            _demand_new_id(card.id, cards)
            cards[card.id] = card
        except InvalidInput as error:
            name = str(fields.get("id") or fields.get("title") or "")[:80]
            refused.append(RefusedLine(source=path.name, line=line, id=name, reason=str(error)))
    if not cards and not refused:
        raise ImportRefused(path.name, "holds no card.")
    return ImportBatch(
        vehicles=tuple(
            dict.fromkeys(v.named for c in cards.values() for v in c.vehicles if v.named)
        ),
        cards=tuple(cards.values()),
        refused=tuple(refused),
    )


def written_at(path: Path) -> datetime:
    """Give when a file was last written, to the second; of none at all, the first moment."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
    except OSError as error:
        raise ImportRefused(path.name, f"cannot be read ({error.strerror}).") from error


def _numbered_lines(path: Path, form: ColumnForm) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Give each line's fields by our names; in JSON they may be lists and objects."""
    file = open_text(path)
    if is_json(file):
        for item in read_items(file):
            fields = _fields_of_item(item, form)
            yield item.line, written_fields(fields), item.fault or _unknown(form, item.value)
        return
    table = read_records(path, [form], COMMAND)
    if table.unread:
        raise ImportRefused(path.name, _unknown(form, table.unread) + ".")
    for row in table.rows:
        yield row.line, written_fields(dict(row.fields)), row.fault


def _fields_of_item(item: FileItem, form: ColumnForm) -> dict[str, Any]:
    theirs = list(item.value)
    fields: dict[str, Any] = {}
    for place, ours in form.take(theirs):
        if fields.get(ours) in (None, ""):
            fields[ours] = item.value[theirs[place]]
    return fields


def _unknown(form: ColumnForm, theirs: Iterable[str]) -> str:
    """Say which columns no card has, and what may be done about them; nothing if there are none."""
    unread = form.unread(theirs)
    if not unread:
        return ""
    said = " ".join(f"--map '{name}=COLUMN'" for name in unread)
    return (
        f"{', '.join(unread)}: no column of a card is called so. Say which is meant ({said}), "
        f"or leave it out (--map '{unread[0]}=')"
    )


def _card_of_fields(fields: dict[str, Any], fault: str, at: datetime) -> FailureCard:
    if fault:
        raise InvalidInput("line", fault)
    try:
        form = CardForm.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(where, first["msg"]) from error
    return _card_of_form(form, at)


def _demand_new_id(id: CardId, cards: dict[CardId, FailureCard]) -> None:
    if id in cards:
        raise InvalidInput("id", f"{id} stands here a second time")


def _card_of_form(form: CardForm, at: datetime) -> FailureCard:
    return FailureCard(
        id=_card_id_of(form),
        version=1,
        status=CardStatus.PROVISIONAL,
        source=CardSource.IMPORT,
        title=form.title,
        vehicles=tuple(_vehicles_of(form)),
        signature=_signature_of(form),
        cause=RootCause(**column_values(RootCause, form)),
        resolution=_resolution_of(form),
        evidence=Evidence(**column_values(Evidence, form)),
        provenance=Provenance(author=person_id(form.author), created_at=at, updated_at=at),
    )


def _card_id_of(form: CardForm) -> CardId:
    """Give the card's own id, or one made of its words, so that the same line is the same card."""
    if form.id:
        return card_id(form.id)
    vehicle = f"{form.make}\n{form.model}\n{form.year}"
    told = column_values(Signature, form)["text"]
    made = sha256(f"{form.title}\n{told}\n{vehicle}".encode()).hexdigest()
    return CardId(f"fc_import_{made[:16]}")


def _vehicles_of(form: CardForm) -> list[VehicleContext]:
    if form.make is None:
        if form.model or form.year:
            raise InvalidInput("make", "is needed when a model or a year is named")
        return []
    last = form.year_to or form.year
    if form.year and last and not form.year <= last < form.year + MOST_YEARS:
        raise InvalidInput("year_to", f"{form.year} to {last} is no range of years")
    years = range(form.year, last + 1) if form.year and last else (None,)
    return [
        VehicleContext(
            make=maker_name(form.make),
            model=form.model,
            variant=form.variant,
            year=year,
            firmware=form.firmware,
        )
        for year in years
    ]


def _signature_of(form: CardForm) -> Signature:
    return Signature(
        **column_values(Signature, form),
        symptoms=tuple(form.symptoms),
        error_codes=tuple(parse_code_key(code) for code in form.error_codes),
        component=form.component,
        environment=_environment_of(form),
    )


def _environment_of(form: CardForm) -> Environment | None:
    """Give where it happens; nothing where no column says anything of it."""
    low, high = temperature_range(form.temperature) if form.temperature else (None, None)
    environment = Environment(low_c=low, high_c=high, **column_values(Environment, form))
    return None if environment == Environment() else environment


def _resolution_of(form: CardForm) -> Resolution:
    return Resolution(
        **column_values(Resolution, form),
        steps=tuple(RepairStep(**column_values(RepairStep, step)) for step in form.steps),
        parts=tuple(PartUse(part=used.part, **column_values(PartUse, used)) for used in form.parts),
    )
