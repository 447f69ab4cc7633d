"""Who sends letters and messages by mail: the server of the settings."""

from billing.messages import contacts
from billing.messages.mail import MailServer, SmtpMessenger
from billing.messages.messengers import ManualMessenger, Messenger
from web.breakers import Breakers
from web.settings import Settings


def build_mailer(settings: Settings, breakers: Breakers) -> Messenger:
    """Give the mail server that the settings name, else nobody: messages are kept.

    Raises:
        InvalidInput: the settings do not read as a server and a sender.
    """
    if settings.smtp_url is None or settings.mail_from is None:
        return ManualMessenger()
    server = MailServer.read(settings.smtp_url, "BATTWHEELS_SMTP_URL")
    sender = contacts.parse_email(settings.mail_from, "BATTWHEELS_MAIL_FROM")
    return SmtpMessenger(server, sender, breaker=breakers.of("mail"))
