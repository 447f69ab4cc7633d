"""The pages beside a start: built while the stores start, where npm is and nothing carries them."""

import asyncio
import logging

from domain.errors import LocalServiceError
from web.app.build import build_pages, find_pages
from web.settings import Settings

log = logging.getLogger("battwheels.pages")


async def build_pages_here(settings: Settings) -> bool:
    """Build them for a service that is about to start; False: it has none, and why is logged.

    Production builds nothing: there a wheel or an image carries them.
    """
    home = settings.home / "app"
    if settings.production:
        return find_pages(home).is_dir()
    try:
        await asyncio.to_thread(build_pages, home)
    except LocalServiceError as error:
        log.warning("the pages are not built", extra={"because": str(error)})
        return False
    return True
