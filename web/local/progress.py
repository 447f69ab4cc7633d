"""How a start tells its reader what it is doing."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


@dataclass(frozen=True, slots=True)
class StartProgress:
    """What a store is doing now; `total` is known only for a download, in bytes."""

    store: str
    doing: str
    done: int = 0
    total: int | None = None


Report = Callable[[StartProgress], None]


def ignore_progress(_: StartProgress) -> None:
    """Say nothing."""


@contextmanager
def progress_bars(console: Console) -> Generator[Report]:
    """A line for each store, with a bar where the amount of work is known.

    Where nobody watches (a pipe, a log) each new step is one plain line instead.
    """
    if not console.is_terminal:
        yield _LogProgress(console).show
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[store]:<9}"),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield _LineProgress(progress).show


class _LogProgress:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[str, str] = {}

    def show(self, step: StartProgress) -> None:
        if self._last.get(step.store) != step.doing:
            self._last[step.store] = step.doing
            self._console.print(f"{step.store}: {step.doing}")


class _LineProgress:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._lock = Lock()

    def show(self, step: StartProgress) -> None:
        # The stores start at once, each from its own thread.
        with self._lock:
            if step.store not in self._tasks:
                self._tasks[step.store] = self._progress.add_task("", total=None, store=step.store)
            self._progress.update(
                self._tasks[step.store],
                description=step.doing,
                completed=step.done,
                total=step.total,
            )
