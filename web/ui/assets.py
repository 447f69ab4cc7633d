"""Install the explorer's assets with npm, by the committed lock, into a folder of ours."""

from pathlib import Path

from web.npm import install_locked

HERE = Path(__file__).parent


def install_assets(folder: Path) -> Path:
    """Give the folder with the assets in it; when they are there already, nothing is done.

    Raises:
        LocalServiceError: there is no npm, or it failed.
    """
    install_locked(HERE, folder)
    return folder
