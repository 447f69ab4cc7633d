"""Letters to people about their accounts: written, and sent behind the door that left them.

A letter is taken for a minute and sent with no transaction open; when its sender dies or the mail
server is silent, it is taken again: it is sent at least once, with one Message-ID. Whose the
address is, and whether they may hear of it, is found out here.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.password_resets import GOOD_FOR
from access.people import KnownPerson, NameSeal
from billing.messages.messengers import ManualMessenger, Messenger, OutgoingMessage
from domain.errors import Unavailable
from domain.hours import INDIA
from domain.people import PersonState
from records.account_letters import (
    AccountLetter,
    AccountLetterStore,
    LetterOccasion,
    LetterState,
)
from records.people import PeopleStore
from records.wakeups import Wakeup
from web.paths import SIGN_IN

# Longer than a messenger is patient: nobody else takes what is still being sent.
TAKEN_FOR = timedelta(seconds=60)
# How soon it is tried again when a mail server was silent, and looked at when nobody told of one.
AGAIN_SECONDS = 30.0
SENDER = "Battwheels OS"
NO_MAIL = "set BATTWHEELS_SMTP_URL; until then `battwheels admin reset` prints words of resets"
# Who hears of what: whoever left or was shut out since hears of nothing that would let them in.
HEARS: Mapping[LetterOccasion, frozenset[PersonState]] = {
    LetterOccasion.INVITATION: frozenset({PersonState.INVITED}),
    LetterOccasion.PASSWORD_RESET: frozenset({PersonState.ACTIVE}),
    LetterOccasion.PASSWORD_CHANGED: frozenset({PersonState.ACTIVE, PersonState.SUSPENDED}),
    LetterOccasion.SECOND_FACTOR_CHANGED: frozenset({PersonState.ACTIVE, PersonState.SUSPENDED}),
}
TEXTS: Mapping[LetterOccasion, tuple[str, str]] = {
    LetterOccasion.INVITATION: (
        "You are invited",
        (
            "you are invited to Battwheels OS. With this word, good once and until {until}, you "
            "choose your password:\n\n    {word}\n\nGive both to acceptInvitation at {door}. "
            "Tell the word to nobody."
        ),
    ),
    LetterOccasion.PASSWORD_RESET: (
        "A new password",
        (
            "somebody, you as we hope, asked for a new password for you. With this word, good once "
            f"and for {GOOD_FOR.seconds // 60} minutes (until {{until}}), you choose it:\n\n"
            "    {word}\n\nGive both to resetPassword at {door}. "
            "If it was not you, do nothing: your password stays."
        ),
    ),
    LetterOccasion.PASSWORD_CHANGED: (
        "Your password was changed",
        (
            "your password was changed at {at}, and you are signed out on every device. "
            "If it was not you, tell your administrator at once."
        ),
    ),
    LetterOccasion.SECOND_FACTOR_CHANGED: (
        "Your second factor was changed",
        (
            "your second factor was changed at {at}. "
            "If it was not you, tell your administrator at once."
        ),
    ),
}

log = logging.getLogger("battwheels.letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLetterSender:
    """`address` is where people reach this service."""

    store: AccountLetterStore
    people: PeopleStore
    seal: NameSeal
    messenger: Messenger
    address: str
    now: Callable[[], datetime]

    @property
    def mails(self) -> bool:
        """Say whether there is a mail server."""
        return not isinstance(self.messenger, ManualMessenger)

    async def watch(self, told: Wakeup) -> None:
        """Send what is due, until cancelled.

        Raises:
            Unavailable: the records do not answer.
        """
        if not self.mails:
            log.info("no mail is sent", extra={"do": NO_MAIL})
        while True:
            await self.send_due()
            await told.wait(AGAIN_SECONDS)

    async def send_due(self) -> None:
        """Send what is due now; a mail server that is silent is asked again later."""
        while (letter := await self.store.take(self.now(), self.now() + TAKEN_FOR)) is not None:
            try:
                state = await self._sent(letter)
            except Unavailable as error:
                facts = {"occasion": letter.occasion, "for": error.dependency}
                log.warning("letter not sent yet", extra=facts | {"because": error.reason})
                return
            if state in {LetterState.LATE, LetterState.REFUSED, LetterState.KEPT}:
                log.warning(
                    "letter not sent", extra={"occasion": letter.occasion, "state": state.value}
                )
            await self.store.settle(letter.id, state)

    async def _sent(self, letter: AccountLetter) -> LetterState:
        found = await self.people.by_mark(letter.mark)
        if found is None or found[0].person.state not in HEARS[letter.occasion]:
            return LetterState.NOBODY
        if self.now() >= letter.expires_at:
            return LetterState.LATE
        carried = await self.messenger.send(self._written(letter, self.seal.open(found[0])))
        return LetterState(carried.value)

    def _written(self, letter: AccountLetter, known: KnownPerson) -> OutgoingMessage:
        subject, text = TEXTS[letter.occasion]
        said = text.format(
            at=_clock(letter.made_at),
            until=_clock(letter.expires_at),
            door=f"{self.address}{SIGN_IN}",
            word=self.seal.word(letter.occasion, letter.word_of or ""),
        )
        return OutgoingMessage(
            id=str(letter.id),
            at=letter.made_at,
            to=known.who.email,
            sender=SENDER,
            subject=f"{SENDER}: {subject}",
            body=f"Hello {known.who.name},\n\n{said}\n",
        )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(INDIA):%d %B %Y, %H:%M} IST"
