"""The wheel's build: the pages are built by the committed lock and carried beside their sources."""

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesBuildHook(BuildHookInterface[Any]):
    """Whoever installs the wheel needs no Node; an editable install builds at its first start."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from web.app.build import build_pages  # noqa: PLC0415 - the path is known here alone

        built = build_pages(Path(mkdtemp(prefix="battwheels-pages-")))
        build_data["force_include"][str(built)] = "web/app/built"
