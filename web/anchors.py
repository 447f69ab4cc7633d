"""Where the last links of the books are kept, outside the database."""

from pathlib import Path

from access.master_keys import MasterKeys
from billing.ledger.anchors import AnchorFile
from web.settings import Settings


def build_anchors(settings: Settings, keys: MasterKeys, file: Path | None = None) -> AnchorFile:
    return AnchorFile(file or anchors_file(settings), keys.key_for("anchors"))


def anchors_file(settings: Settings) -> Path:
    return settings.home / "audit" / "anchors.jsonl"
