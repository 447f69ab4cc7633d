"""The command line with the audit taken out, for the one benchmark that measures what it costs."""

from access.deeds import DeedVault, EventDeeds
from records.audit_chain import DeedChain
from web.cli import main as command


def main() -> None:
    """Run `battwheels` so that no deed is made, written or linked."""
    EventDeeds.write = _nothing  # pyright: ignore[reportAttributeAccessIssue]
    DeedChain.seal = _none  # pyright: ignore[reportAttributeAccessIssue]
    DeedVault.seal = _no_text  # pyright: ignore[reportAttributeAccessIssue]
    DeedVault.mark = _no_text  # pyright: ignore[reportAttributeAccessIssue]
    command.main()


def _no_text(*_: object) -> None:
    return None


async def _nothing(*_: object) -> None:
    return None


async def _none(*_: object) -> int:
    return 0
