"""Letters reach a mail server as its settings say, and customers as their addresses say."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from billing.messages import contacts
from billing.messages.mail import MailSecurity, MailServer, SmtpMessenger
from billing.messages.messengers import MessageState, OutgoingMessage
from billing.messages.texts import whatsapp_link
from domain.errors import InvalidInput, Unavailable
from tests.billing.messages.smtp_server import postbox

NOW = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
LETTER = OutgoingMessage(
    id="ev.email", at=NOW, to="meera@joshi.example", sender="Café", subject="Rs ₹ 1", body="नमस्ते"
)


def _certified(folder: Path) -> tuple[SSLContext, Path]:
    """Give a server's context of its own making for 127.0.0.1, and the certificate to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "postbox")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private, public = folder / "key.pem", folder / "certificate.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(pem, form, plain))
    public.write_bytes(certificate.public_bytes(pem))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


async def test_letter_goes_through_tls_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = _certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with postbox(context) as box:
        url = f"smtps://bills:p%40ss@127.0.0.1:{box.port}"
        smtp = SmtpMessenger(MailServer.read(url, "URL"), "bills@garage.example")
        assert await smtp.send(LETTER) is MessageState.SENT
    [mail] = box.taken
    assert (mail["Subject"], mail.get_content()) == ("Rs ₹ 1", "नमस्ते\r\n")
    assert mail["From"].addresses[0].display_name == "Café"
    assert box.heard == ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


async def test_server_that_nobody_vouches_for_is_given_nothing(tmp_path: Path) -> None:
    context, _ = _certified(tmp_path)
    async with postbox(context) as box:
        server = MailServer.read(f"smtps://bills:secret@127.0.0.1:{box.port}", "URL")
        with pytest.raises(Unavailable, match=r"^mail does not answer: SSLCertVerificationError$"):
            await SmtpMessenger(server, "bills@garage.example").send(LETTER)
    assert (box.heard, box.taken) == ([], [])


async def test_server_that_is_not_there_is_unavailable() -> None:
    server = MailServer(host="127.0.0.1", port=1, secure=MailSecurity.LOCAL)
    with pytest.raises(Unavailable, match=r"^mail does not answer: ConnectionRefusedError$"):
        await SmtpMessenger(server, "bills@garage.example").send(LETTER)


@pytest.mark.parametrize(
    ("url", "host", "port", "secure"),
    [
        ("smtps://mail.example", "mail.example", 465, MailSecurity.TLS),
        ("smtp://mail.example", "mail.example", 587, MailSecurity.STARTTLS),
        ("smtp://mail.example:2525", "mail.example", 2525, MailSecurity.STARTTLS),
        ("smtp://10.0.0.5", "10.0.0.5", 587, MailSecurity.STARTTLS),
        ("smtp://localhost", "localhost", 25, MailSecurity.LOCAL),
        ("smtp://[::1]", "::1", 25, MailSecurity.LOCAL),
        ("smtps://127.0.0.1", "127.0.0.1", 465, MailSecurity.TLS),
    ],
)
def test_only_this_machine_is_spoken_to_in_the_clear(
    url: str, host: str, port: int, secure: MailSecurity
) -> None:
    assert MailServer.read(url, "URL") == MailServer(host=host, port=port, secure=secure)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://:25", "smtps://x:y"]
)
def test_other_addresses_of_servers_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"^URL: "):
        MailServer.read(url, "URL")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "meera",
        "meera@joshi",
        "meera@joshi.example\nBcc: all@x.example",
        "a b@x.example",
        "meera@.example",
        "<meera@joshi.example>",
        "meera@joshi.example, b@x.example",
        "मीरा@joshi.example",
        "m" * 65 + "@x.example",
        "m@" + "x" * 95 + ".example",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        contacts.parse_email(value)
    assert str(refused.value) == "email: does not read as name@domain.example"


@pytest.mark.parametrize("value", ["", "abc", "12345", "1" * 16, "+", "98000 00000 / 98000 00001"])
def test_what_is_no_number_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        contacts.parse_phone(value)
    assert refused.value.field == "phone"
    assert "98000" not in refused.value.reason


@pytest.mark.parametrize(
    ("value", "mobile"),
    [
        ("98000 00000", "919800000000"),
        ("+91 98000-00000", "919800000000"),
        ("0 9800000000", "919800000000"),
        ("+44 7700 900123", "447700900123"),
        ("020 2543 1234", None),
        ("+91 20 2543 1234", None),
        ("1234567", None),
    ],
)
def test_mobile_numbers_are_told_from_others(value: str, mobile: str | None) -> None:
    assert contacts.parse_phone(value) == value
    assert contacts.parse_mobile(value) == mobile


def test_whatsapp_link_keeps_hostile_names_inside() -> None:
    assert whatsapp_link("919800000000", "A&B: paid? #1 é") == (
        "https://wa.me/919800000000?text=A%26B%3A%20paid%3F%20%231%20%C3%A9"
    )
