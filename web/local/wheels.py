"""Programs that come inside Python wheels."""

from importlib.util import find_spec
from pathlib import Path


def wheel_file(package: str, path: str) -> Path | None:
    """A file of an installed wheel, without importing it: some act when imported."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / path
    return found if found.exists() else None
