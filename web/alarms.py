"""Alarms of the audit trail: looked for behind the sealer, told once to the security contact."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from billing.messages import contacts
from billing.messages.messengers import MessageState, Messenger, OutgoingMessage
from domain.alarms import Alarm, AlarmKind
from domain.errors import Unavailable
from domain.hours import INDIA
from records.alarms import AlarmStore
from records.database import Records
from records.wakeups import Wakeup
from web.breakers import Breakers
from web.mail import build_mailer
from web.metrics import Metrics
from web.settings import Settings

# How soon a link is looked at, and how seldom when nobody tells of one.
LOOK_SECONDS = 1.5
REST_SECONDS = 30.0
SENDER = "Battwheels OS"
TEXTS: Mapping[AlarmKind, str] = {
    AlarmKind.FAILED_SIGN_INS: "{count} sign-ins of {subject} failed within 15 minutes.",
    AlarmKind.BULK_EXPORT: "{subject} exported {count} reports within an hour.",
    AlarmKind.OFF_HOURS_ACCESS: "{subject} read personal data in clear outside business hours.",
}

log = logging.getLogger("battwheels.alarms")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmWatch:
    """`contact` is the address of the security team; None: log and metrics alone tell of alarms."""

    store: AlarmStore
    messenger: Messenger
    contact: str | None

    async def watch(self, told: Wakeup, metrics: Metrics) -> None:
        """Raise what the chain tells of, until cancelled.

        Raises:
            Unavailable: the records do not answer.
        """
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.raise_alarms(metrics)
            await self.tell()
            await told.wait(REST_SECONDS)

    async def raise_alarms(self, metrics: Metrics) -> None:
        """Look at all links that are there."""
        while (raised := await self.store.look()) is not None:
            for alarm in raised:
                log.warning("alarm", extra=_facts(alarm))
                metrics.alarm(alarm.kind)

    async def tell(self) -> None:
        """Send what nobody was told of; a mail server that is silent is asked again later."""
        try:
            while await self.store.tell_next(self._send, datetime.now(UTC)):
                continue
        except Unavailable as error:
            log.warning("alarm not told yet", extra={"for": error.dependency})

    async def _send(self, alarm: Alarm) -> str:
        if self.contact is None:
            return MessageState.KEPT
        return await self.messenger.send(letter_of(alarm, self.contact))


def letter_of(alarm: Alarm, contact: str) -> OutgoingMessage:
    """Give the letter of an alarm; sent twice it is the same letter."""
    said = TEXTS[alarm.kind].format(count=alarm.count, subject=alarm.subject)
    where = f" of {alarm.garage}" if alarm.garage else ""
    return OutgoingMessage(
        id=alarm.id,
        at=alarm.at,
        to=contact,
        sender=SENDER,
        subject=f"Alarm: {said}",
        body=(
            f"{said}\n\nThe last one{where}: {alarm.at.astimezone(INDIA):%d %B %Y, %H:%M} IST, "
            f"deed {alarm.deed}.\nRead on with `battwheels audit trail`.\n"
        ),
    )


def _facts(alarm: Alarm) -> dict[str, object]:
    """Give what a log may hold: no address, whose id would lead to a person."""
    return {
        "kind": alarm.kind,
        "count": alarm.count,
        "deed": alarm.deed,
        "garage": alarm.garage,
    }


def open_alarms(settings: Settings, records: Records, breakers: Breakers) -> AlarmWatch:
    """Join the alarms.

    Raises:
        InvalidInput: the contact is no e-mail address.
    """
    contact = settings.security_contact
    return AlarmWatch(
        store=AlarmStore(records),
        messenger=build_mailer(settings, breakers),
        contact=contact and contacts.parse_email(contact, "BATTWHEELS_SECURITY_CONTACT"),
    )
