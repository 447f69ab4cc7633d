"""Answers as people and programs read them on the command line."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from domain.hazards import SafetyAdvice
from domain.languages import Language
from domain.reason_sentences import reason_clause, suggestion_sentence
from domain.reasons import Reason, Standing
from ingest.translations import translate_name
from matching.answers import Match, MatchAnswer

STANDING_STYLE = {
    Standing.PROVEN: "green",
    Standing.REFERENCE: "cyan",
    Standing.UNPROVEN: "yellow",
}
DIGITS = 6


def print_safety(console: Console, safety: SafetyAdvice | None) -> None:
    """Print what keeps people safe, before anything else."""
    if safety is not None:
        told = ", ".join(kind.value.replace("_", " ") for kind in safety.hazards)
        steps = "\n".join(f"{n}. {step}" for n, step in enumerate(safety.steps, start=1))
        console.print(Panel(Text(steps), title=f"DANGER: {told}", border_style="bold red"))


def safety_record(safety: SafetyAdvice | None) -> dict[str, Any] | None:
    """Give the advice as JSON values."""
    if safety is None:
        return None
    return {
        "hazards": [kind.value for kind in safety.hazards],
        "steps": [*safety.steps],
        "language": safety.language,
    }


def print_matches(
    console: Console, answer: MatchAnswer, language: Language = Language.ENGLISH
) -> None:
    """Print the matches with their reasons, of each failure by itself, and which level answered."""
    for failure in answer.failures:
        console.print(Text(f"Failure: {failure.text}", style="bold cyan"))
        _print_cards(console, failure.matches, language)
        _print_chance(console, failure.chance)
        if failure.prompt:
            console.print(Text(failure.prompt, style="yellow"))
    if not answer.failures:
        _print_cards(console, answer.matches, language)
        _print_chance(console, answer.chance)
    if answer.matches:
        console.print(_sources_table(answer))
    if answer.prompt:
        console.print(Text(answer.prompt, style="yellow"))
    level = f"level {answer.level.value}, ranker {answer.ranker}"
    console.print(Text(f"{level}; {answer.degraded}" if answer.degraded else level, style="dim"))


def _print_cards(console: Console, matches: Sequence[Match], language: Language) -> None:
    for match in matches:
        heading = Text(f"{match.rank}. {match.card.title}", style="bold")
        heading.append(f"  {match.standing.value}", style=STANDING_STYLE[match.standing])
        if match.chance is not None:
            heading.append(f"  fits this report: {match.chance:.0%}", style="bold")
        console.print(heading)
        said = suggestion_sentence(match.reasons, match.standing, language, translate_name)
        console.print(Text(f"   {said}"))


def _print_chance(console: Console, chance: float | None) -> None:
    if chance is not None:
        console.print(Text(f"A known fix is among these: {chance:.0%}", style="bold"))


def match_record(
    id: str, answer: MatchAnswer, language: Language = Language.ENGLISH
) -> dict[str, Any]:
    """Give one answer as JSON values: ranked ids first, then each match with its evidence."""
    return {
        "id": id,
        "level": answer.level.value,
        "degraded": answer.degraded,
        "ranker": answer.ranker,
        "chance": rounded_chance(answer.chance),
        "prompt": answer.prompt,
        "cards": [match.card.id for match in answer.matches],
        "matches": [_one_match(match, language) for match in answer.matches],
        "failures": [
            {
                "text": one.text,
                "cards": [m.card.id for m in one.matches],
                "chance": rounded_chance(one.chance),
                "prompt": one.prompt,
            }
            for one in answer.failures
        ],
    }


def rounded_chance(chance: float | None) -> float | None:
    return None if chance is None else round(chance, DIGITS)


def _one_match(match: Match, language: Language) -> dict[str, Any]:
    return {
        "rank": match.rank,
        "card": match.card.id,
        "score": round(match.score, DIGITS),
        "chance": rounded_chance(match.chance),
        "title": match.card.title,
        "campaign": match.card.campaign,
        "standing": match.standing.value,
        "vehicle": match.card.vehicle_level.name.lower(),
        "contributions": {
            part.source.value: {"rank": part.rank, "score": round(part.score, DIGITS)}
            for part in match.candidate.contributions
        },
        "reasons": [_one_reason(reason, language) for reason in match.reasons],
        "sentence": suggestion_sentence(
            match.reasons, match.standing, language, translate_name, match.chance
        ),
    }


def _one_reason(reason: Reason, language: Language) -> dict[str, Any]:
    return {
        "kind": reason.kind.value,
        "subject": reason.subject,
        "fits": reason.fits,
        "text": reason_clause(reason, language, translate_name),
    }


def _sources_table(answer: MatchAnswer) -> Table:
    grid = Table(title="Where each card stood, by source", title_justify="left", box=None)
    for column in ("card", "code", "vehicle", "meaning", "words", "neighbour", "score"):
        grid.add_column(column, justify="left" if column == "card" else "right")
    for match in answer.matches:
        places = {p.source.value: str(p.rank) for p in match.candidate.contributions}
        cells = [places.get(s, "·") for s in ("code", "vehicle", "meaning", "words", "neighbour")]
        grid.add_row(match.card.id, *cells, f"{match.score:.4f}")
    return grid
