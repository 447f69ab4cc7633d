"""What an import did, would do or took back, as people read it on the command line."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from domain.card_differences import differences
from domain.cards import CardStatus, FailureCard
from domain.ids import CardId
from graph.card_imports import CardPreview
from graph.imports import ImportRecord
from ingest.batch import ImportBatch
from ingest.import_undo import UndoReport
from ingest.imports import ImportPreview, ImportReport

REFUSALS_SHOWN = 50
NOTES_SHOWN = 30
CARDS_SHOWN = 40


def show_report(console: Console, report: ImportReport, cards: Sequence[FailureCard] = ()) -> None:
    """Print what was written, what state the cards have, and every refused line with its reason."""
    if report.written:
        console.print(_counts_table(report))
        _show_states(console, cards, report.id or "IMPORT")
        if report.id is not None:
            _say(console, f"Import {report.id}; to undo it: battwheels ingest undo {report.id}")
    _show_some(console, (f"left as it is: {one.card} {one.why}" for one in report.left), "yellow")
    _show_what_was_read(console, report.refused, report.skipped, report.notes)
    if not report.written:
        reason = "Mend these lines, or repeat with --skip-bad." if report.refused else "Empty."
        console.print(f"Nothing was written. {reason}")


def show_preview(console: Console, preview: ImportPreview, batch: ImportBatch) -> None:
    """Print what an import would change, field by field."""
    grid = Table(box=None)
    for column in ("would be", "new", "changed", "unchanged"):
        grid.add_column(column, justify="left" if column == "would be" else "right")
    for one in preview.entries:
        if one.told:
            same = one.told - one.new - one.changed
            grid.add_row(one.kind.name, str(one.new), str(one.changed), str(same))
    new = [one for one in preview.cards if one.before is None]
    changed = [one for one in preview.cards if one.before is not None and one.after is not None]
    same = len(preview.cards) - len(new) - len(changed)
    grid.add_row("cards", str(len(new)), str(len(changed)), str(same))
    console.print(grid)
    _show_some(console, (f"+ {one.card}: {_title(one)}" for one in new), "green")
    _show_some(console, (line for one in changed for line in _change_lines(one)), "")
    for one in preview.entries:
        differing = ((before, after) for before, after in one.changes if before is not None)
        _show_some(console, (f"~ {one.kind.name}: {b} → {a}" for b, a in differing), "")
    left = (f"left as it is: {one.card} {one.left}" for one in preview.cards if one.left)
    _show_some(console, left, "yellow")
    _show_states(console, batch.cards)
    _show_what_was_read(console, batch.refused, batch.skipped, batch.notes)
    console.print("Nothing was written: this was a dry run.")


def show_imports(console: Console, imports: Sequence[ImportRecord]) -> None:
    """Print the imports on record."""
    if not imports:
        console.print("No import is on record.")
        return
    grid = Table(box=None)
    for column in ("import", "when", "kind", "source", "cards new", "changed", "entries", "state"):
        grid.add_column(column)
    for one in imports:
        counts = (str(one.created), str(one.changed), str(one.entries))
        when = f"{one.at:%Y-%m-%d %H:%M}"
        grid.add_row(one.id, when, one.kind, one.source, *counts, one.state)
    console.print(grid)


def show_undo(console: Console, report: UndoReport) -> None:
    """Print what was taken back, and what stays."""
    _say(
        console,
        f"Import {report.record.id} ({report.record.kind} of {report.record.source}) is undone: "
        f"{report.withdrawn} cards out of use, {report.restored} cards as before, "
        f"{report.entries} entries of the vocabulary taken back.",
    )
    _show_some(console, (f"stays, since it is in use: {one}" for one in report.left), "dim")


def show_verified(console: Console, found: Sequence[tuple[CardId, str]]) -> None:
    """Print how many cards are verified, and why others are not."""
    _say(console, f"{sum(not why for _, why in found)} cards are verified.")
    _show_some(console, (f"{card}: {why}" for card, why in found if why), "yellow")


def _show_states(console: Console, cards: Sequence[FailureCard], id: str = "IMPORT") -> None:
    """Say what state imported cards have, and what makes them found."""
    provisional = sum(card.status is CardStatus.PROVISIONAL for card in cards)
    verified = sum(card.status is CardStatus.VERIFIED for card in cards)
    if verified:
        _say(console, f"{verified} cards come as verified: reports are matched with them at once.")
    if provisional:
        _say(
            console,
            f"{provisional} cards come as provisional: no report is matched with them until "
            f"a second person verifies them: battwheels ingest verify {id} --by PERSON",
        )


def _title(one: CardPreview) -> str:
    return "" if one.after is None else one.after.title


def _change_lines(one: CardPreview) -> list[str]:
    if one.before is None or one.after is None:
        return []
    return [f"~ {one.card}: {line}" for line in differences(one.before, one.after)]


def _show_what_was_read(
    console: Console, refused: Sequence[object], skipped: Sequence[str], notes: Sequence[str]
) -> None:
    for refusal in refused[:REFUSALS_SHOWN]:
        _say(console, str(refusal), "yellow")
    if len(refused) > REFUSALS_SHOWN:
        console.print(f"and {len(refused) - REFUSALS_SHOWN} more refused")
    for passed in skipped:
        _say(console, f"passed over {passed}", "dim")
    _show_some(console, (f"note: {note}" for note in notes), "dim", NOTES_SHOWN)


def _show_some(console: Console, lines: Iterable[str], style: str, most: int = CARDS_SHOWN) -> None:
    every = list(lines)
    for line in every[:most]:
        _say(console, line, style)
    if len(every) > most:
        _say(console, f"and {len(every) - most} more", style)


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def _counts_table(report: ImportReport) -> Table:
    grid = Table(box=None, show_header=False)
    for what, count in report.vocabulary.items():
        new, changed = report.entries.get(what, (0, 0))
        grid.add_row(what, str(count), f"{new} new, {changed} changed")
    for outcome in ("created", "changed", "unchanged"):
        grid.add_row(f"cards {outcome}", str(getattr(report, outcome)), "")
    if report.refused:
        grid.add_row("lines refused", str(len(report.refused)), "")
    return grid
