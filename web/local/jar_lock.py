"""Write the lock of Neo4j's jars anew: `python -m web.local.jar_lock VERSION`."""

import hashlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.maven import Artifact, MavenContext

from web.local import files

# Optional in the build description, and of use to its tests alone.
TESTS_ONLY = frozenset({"byte-buddy-agent", "hamcrest", "junit", "mockito-core", "objenesis"})
HEAD = "# The jars of Neo4j Community {}: SHA-256, size in bytes, Maven coordinates. {}\n"
MAKER = "Written by web/local/jar_lock.py."


def write_lock(version: str, folder: Path) -> str:
    """The text of the lock; the jars are fetched into `folder` to be measured."""
    context = MavenContext(repo_cache=folder, timeout=30)
    wanted = context.create_dependency(f"org.neo4j:neo4j:{version}")
    chosen, needed = context.resolver.resolve([wanted])
    running = [d.artifact for d in needed if d.scope in ("compile", "runtime")]
    jars = {a.key: a for a in (*(d.artifact for d in chosen), *running)}.values()
    return HEAD.format(version, MAKER) + "".join(
        sorted(
            (_lock_line(jar) for jar in jars if jar.artifactId not in TESTS_ONLY),
            key=_line_coordinates,
        )
    )


def _lock_line(jar: Artifact) -> str:
    content = jar.resolve().read_bytes()
    parts = (jar.groupId, jar.artifactId, jar.version, jar.classifier)
    name = ":".join(part for part in parts if part)
    return f"{hashlib.sha256(content).hexdigest()}  {len(content)}  {name}\n"


def _line_coordinates(line: str) -> str:
    return line.split()[2]


if __name__ == "__main__":
    with TemporaryDirectory() as arriving:
        version = sys.argv[1]
        text = write_lock(version, Path(arriving))
    files.write_whole(Path(__file__).with_name(f"neo4j-{version}.lock"), text)
