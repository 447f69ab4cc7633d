"""A real SeaweedFS from its wheel: its S3 door with keys, sealing what is asked to be sealed."""

import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from files.bucket import BucketAccount

WEED = Path(sys.executable).with_name("weed")
# Its ports for gRPC are ten thousand above those for HTTP.
GRPC = 10_000
START_SECONDS = 60.0


@contextmanager
def seaweed(home: Path) -> Generator[BucketAccount]:
    """Give an account of a server with everything in `home`; its end is as abrupt as a crash."""
    key, secret = "battwheels", secrets.token_hex(16)
    who = {
        "name": "battwheels",
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = home / "s3.json"
    config.write_text(json.dumps({"identities": [who]}))
    master, volume, filer, s3 = _free_ports(4)
    command = [
        *(WEED, "server", f"-dir={home}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-master.port={master}", f"-volume.port={volume}", "-filer", f"-filer.port={filer}"),
        *("-s3", f"-s3.port={s3}", f"-s3.config={config}", "-s3.iam=false"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-master.electionTimeout=1s"),
        *("-master.volumeSizeLimitMB=64", "-volume.max=50"),
    ]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - the wheel's own program
            [str(part) for part in command],
            stdout=log,
            stderr=log,
            env={"WEED_S3_SSE_KEK": secrets.token_hex(32), "HOME": str(home)},
        )
    try:
        url = f"http://127.0.0.1:{s3}"
        _wait_until_ready(url, home / "log")
        yield BucketAccount(url=url, bucket="files", key=key, secret=secret)
    finally:
        server.kill()
        server.wait()


def _wait_until_ready(url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(log.read_text()[-2_000:])


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            if port + GRPC > 65_535:
                continue
            try:
                other.bind(("127.0.0.1", port + GRPC))
            except OSError:
                continue
            found.append(port)
    return found
