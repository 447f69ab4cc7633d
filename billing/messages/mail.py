"""E-mail through a mail server: SMTP, encrypted, on threads of its own.

`smtplib` waits for its server, so it never runs on the event loop, nor on threads that others use.
A message may be sent twice (a worker died after the server took it); both have one Message-ID.
"""

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from enum import StrEnum
from ipaddress import ip_address
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from ssl import create_default_context
from typing import Self
from urllib.parse import unquote, urlsplit

from billing.messages.messengers import MessageState, OutgoingMessage
from domain.circuit_breaker import FAILURES_OUTSIDE, CircuitBreaker
from domain.errors import InvalidInput, Unavailable

DEPENDENCY = "mail"
# For one answer of the server, and for a whole message: below what a handler is allowed.
ANSWER_SECONDS = 8.0
PATIENCE_SECONDS = 20.0
THREADS = 4
# From here on a server's "no" is for good (RFC 5321, 4.2.1).
FOR_GOOD = 500


class MailSecurity(StrEnum):
    """How the way to the server is closed to others; `LOCAL` never leaves this machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    LOCAL = "local"


PORTS = {MailSecurity.TLS: 465, MailSecurity.STARTTLS: 587, MailSecurity.LOCAL: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in, and how one signs in there."""

    host: str
    port: int
    secure: MailSecurity
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, url: str, setting: str) -> Self:
        """Read `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://` for STARTTLS.

        Only a server on this machine is spoken to in the clear.

        Raises:
            InvalidInput: it reads as neither; it is not repeated, for it holds a password.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise InvalidInput(setting, "has no port that is a number") from None
        if parts.scheme not in {"smtp", "smtps"} or not host:
            raise InvalidInput(setting, "does not read as smtps://USER:PASSWORD@HOST:PORT")
        secure = MailSecurity.TLS if parts.scheme == "smtps" else _security_for(host)
        return cls(
            host=host,
            port=port or PORTS[secure],
            secure=secure,
            user=parts.username and unquote(parts.username),
            password=parts.password and unquote(parts.password),
        )


class SmtpMessenger:
    """Sends letters as one sender, each on a connection of its own."""

    def __init__(
        self,
        server: MailServer,
        sender: str,
        patience_s: float = PATIENCE_SECONDS,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._breaker = breaker or CircuitBreaker(FAILURES_OUTSIDE)
        self._server = server
        self._sender = sender
        self._domain = sender.partition("@")[2]
        self._patience_s = patience_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail")

    async def send(self, letter: OutgoingMessage) -> MessageState:
        """Send one; an address that the server refuses for good is not tried again.

        Raises:
            Unavailable: the server does not answer, takes nothing now, or does not know us; or it
                failed so often that it is left alone for a while.
        """
        with self._breaker.pass_through():
            state = await self._handed_in(letter)
        if isinstance(state, MessageState):
            return state
        # It answered, and put this letter off: it is not left alone for that.
        raise Unavailable(DEPENDENCY, state)

    async def _handed_in(self, letter: OutgoingMessage) -> MessageState | str:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience_s):
                return await loop.run_in_executor(self._threads, self._sent, letter)
        except (SMTPRecipientsRefused, SMTPResponseException) as error:
            return type(error).__name__
        except (OSError, SMTPException) as error:
            # What a server says may repeat the address: it goes no further than this.
            raise Unavailable(DEPENDENCY, type(error).__name__) from None

    def _sent(self, letter: OutgoingMessage) -> MessageState:
        try:
            message = self._message(letter)
        except ValueError:
            # It would break out of its head, today and tomorrow.
            return MessageState.REFUSED
        with self._connected() as server:
            try:
                server.send_message(message, self._sender, [letter.to])
            except SMTPRecipientsRefused as refused:
                return _refused_state(refused, [code for code, _ in refused.recipients.values()])
            except SMTPDataError as refused:
                return _refused_state(refused, [refused.smtp_code])
        return MessageState.SENT

    @contextmanager
    def _connected(self) -> Generator[SMTP]:
        server = self._opened()
        try:
            if self._server.secure is MailSecurity.STARTTLS:
                server.starttls(context=create_default_context())
            if self._server.user is not None:
                server.login(self._server.user, self._server.password or "")
            yield server
        finally:
            # Whatever becomes of the farewell, the letter was taken or refused before it.
            with suppress(SMTPException, OSError):
                server.quit()
            server.close()

    def _opened(self) -> SMTP:
        at, name = self._server, self._domain
        if at.secure is not MailSecurity.TLS:
            return SMTP(at.host, at.port, name, ANSWER_SECONDS)
        context = create_default_context()
        return SMTP_SSL(at.host, at.port, name, timeout=ANSWER_SECONDS, context=context)

    def _message(self, letter: OutgoingMessage) -> EmailMessage:
        made = EmailMessage()
        made["From"] = formataddr((letter.sender, self._sender))
        made["To"] = letter.to
        made["Subject"] = letter.subject
        made["Date"] = format_datetime(letter.at)
        made["Message-ID"] = f"<{letter.id}@{self._domain}>"
        # Whoever is away does not answer a machine (RFC 3834).
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(letter.body)
        return made


def _security_for(host: str) -> MailSecurity:
    with suppress(ValueError):
        return MailSecurity.LOCAL if ip_address(host).is_loopback else MailSecurity.STARTTLS
    return MailSecurity.LOCAL if host == "localhost" else MailSecurity.STARTTLS


def _refused_state(error: SMTPException, codes: list[int]) -> MessageState:
    if any(code < FOR_GOOD for code in codes):
        raise error
    return MessageState.REFUSED
