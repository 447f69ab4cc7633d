"""What keeps people safe comes first in the refusal of a report, too."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from domain.errors import BattwheelsError
from domain.reports import TEXT_LIMIT
from resolvers.context import RequestContext


@asynccontextmanager
async def danger_first(context: RequestContext, text: str) -> AsyncGenerator[None]:
    """Have a refusal of what follows begin with the steps that this text of a report calls for."""
    try:
        yield
    except BattwheelsError as refusal:
        advice = await context.services.reader.safety(text[:TEXT_LIMIT])
        if advice is not None:
            refusal.first = " ".join(advice.steps)
        raise
