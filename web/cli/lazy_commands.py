"""Commands that are imported when they are called: `--help` and completion stay quick."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class CommandLocation:
    """Where a command is written, `module:name` of a function or a Typer app, and its help."""

    where: str
    help: str

    def load(self) -> typer.Typer:
        module, _, name = self.where.partition(":")
        found: Any = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            return found
        app = typer.Typer(add_completion=False)
        app.command(help=self.help)(found)
        return app


def lazy_group(places: Mapping[str, CommandLocation]) -> type[TyperGroup]:
    """Give the class of a group with these commands."""

    class Lazy(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Typer's own click is private
            del ctx
            return [*places]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
            """Give what a listing shows of a command."""
            del ctx
            place = places.get(cmd_name)
            return None if place is None else TyperCommand(cmd_name, help=place.help)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as above
            """Import the command that is called."""
            name, found, rest = super().resolve_command(ctx, args)
            if name is None or found is None:
                return name, found, rest
            return name, get_command(places[name].load()), rest

    return Lazy
