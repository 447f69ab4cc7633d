"""Reading the analysts' copy: Cypher and tables as data frames.

`battwheels analyst serve` prints where it is; set that in the environment, or let this ask it.
"""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from neo4j import READ_ACCESS, GraphDatabase
from neo4j.time import DateTime

NAMES = ("ANALYST_URI", "ANALYST_USER", "ANALYST_PASSWORD_FILE", "ANALYST_TABLES")


@cache
def place() -> dict[str, str]:
    """Give where the copy answers; without the environment, start its server."""
    if all(name in os.environ for name in NAMES):
        return {name: os.environ[name] for name in NAMES}
    command = [str(Path(sys.executable).with_name("battwheels")), "analyst", "serve"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(line.split("=", 1) for line in said.splitlines() if line.startswith("ANALYST_"))


@cache
def driver() -> Any:
    found = place()
    password = Path(found["ANALYST_PASSWORD_FILE"]).read_text().strip()
    return GraphDatabase.driver(found["ANALYST_URI"], auth=(found["ANALYST_USER"], password))


def ask(cypher: str, **parameters: object) -> pd.DataFrame:
    """Give the answer of a query, times as UTC."""
    with driver().session(default_access_mode=READ_ACCESS) as session:
        result = session.run(cypher, parameters)
        rows = [record.values() for record in result]
        frame = pd.DataFrame(rows, columns=result.keys())
    for name in frame.columns:
        if frame[name].map(lambda one: isinstance(one, DateTime)).any():
            told = frame[name].map(lambda one: None if one is None else one.to_native())
            frame[name] = pd.to_datetime(told, utc=True)
    return frame


def table(name: str) -> pd.DataFrame:
    """Give a table of the books or the log; an empty one where it has no rows."""
    path = Path(place()["ANALYST_TABLES"]) / f"{name}.parquet"
    return pd.read_parquet(path) if path.exists() else pd.DataFrame()


def wilson(worked: pd.Series, n: pd.Series, z: float = 1.96) -> pd.DataFrame:
    """Give the 95 % interval of a share: between what and what it may lie."""
    share = worked / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * ((share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5)
    return pd.DataFrame({"low": middle - half, "high": middle + half})


def synthetic_note() -> str:
    """Say how many of the repairs were simulated: what follows then tells of no real vehicle."""
    [[made, n]] = ask(
        "MATCH (t:Ticket) RETURN sum(CASE WHEN t.synthetic THEN 1 ELSE 0 END), count(t)"
    ).values
    return f"{made:,} of {n:,} repairs are synthetic (simulated garages)."
