"""Whether the task that asks has been told to end.

The Redis client can lose a cancellation that comes while it connects: a loop that trusts the
exception alone may then run for ever.
"""

import asyncio


def is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
