"""An export of what is kept of one person."""

from datetime import datetime

import strawberry
from strawberry import field


@strawberry.type(description="All that is kept of one person, to be handed to them.")
class PersonalData:
    taken_at: datetime = field(description="When it was read.")
    json: str = field(description="A JSON object; amounts are whole paise.")
