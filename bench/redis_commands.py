"""A process that asks Redis for key after key: URL, SECONDS; prints the milliseconds as JSON."""

import json
import random
import sys
from time import perf_counter, sleep

from redis import Redis

KEYS = 1_000_000
PAUSE_SECONDS = 0.001


def main(url: str, seconds: float) -> None:
    """Ask on and on; the first answers, which open the connection, do not count."""
    redis, chance = Redis.from_url(url, protocol=2), random.Random(7)
    for _ in range(100):
        redis.ping()
    took: list[float] = []
    end = perf_counter() + seconds
    while perf_counter() < end:
        began = perf_counter()
        redis.get(f"other:{chance.randrange(KEYS)}")
        took.append(1000 * (perf_counter() - began))
        sleep(PAUSE_SECONDS)
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
