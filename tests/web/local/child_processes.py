"""This project in another process, with an environment of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
JARS = ROOT / ".battwheels" / "neo4j" / "jars"


def python(code: str, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """Run code of this project in another process with an environment of its own."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code, *arguments],
        env={"PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Its exit code, what it printed, and what it complained of."""
    with process:
        out, err = process.communicate(timeout=120)
    return process.returncode, out, err
