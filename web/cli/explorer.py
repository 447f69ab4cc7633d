"""`battwheels explorer`: install the files of the API explorer."""

import typer

from web.settings import ExplorerRule, Settings
from web.ui.assets import install_assets


def explorer() -> None:
    """Install the files of the API explorer, by the committed lock, from npm's registry."""
    settings = Settings.read()
    folder = install_assets(settings.home / "ui")
    typer.echo(f"The explorer is installed in {folder}.")
    if settings.production and settings.explorer is ExplorerRule.OFF:
        typer.echo("It is shown where BATTWHEELS_EXPLORER=administrators says so.", err=True)
