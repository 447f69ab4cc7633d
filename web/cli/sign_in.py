"""`battwheels sign-in` and `sign-out`: who works at this machine, at a service elsewhere."""

import sys
from getpass import getpass
from typing import Annotated, Any

import segno
import typer

from domain.errors import Refused
from web.cli.admin import read_password
from web.cli.kept_session import (
    ENTRY,
    SIGNED_IN,
    Home,
    SessionFile,
    ask_api,
    ask_door,
    parse_service,
    refresh,
)

OWED = """... on TooManySignIns { message } ... on SecondFactorDemanded { challenge }
  ... on SecondFactorOffered { challenge secret uri }"""
LATE = "... on TooManySignIns { message }"
SIGN_IN = f"""mutation ($op: UUID!, $email: String!, $password: String!) {{
  signIn(operationId: $op, email: $email, password: $password) {{ {ENTRY} {OWED} }} }}"""
CONFIRM = f"""mutation ($op: UUID!, $challenge: String!, $code: String!) {{
  confirmSecondFactor(operationId: $op, challenge: $challenge, code: $code) {{ {ENTRY} {LATE} }}
}}"""
REQUEST_RESET = f"""mutation ($op: UUID!, $email: String!) {{
  requestPasswordReset(operationId: $op, email: $email) {{ __typename
    ... on PasswordResetRequested {{ message }} ... on UnfitInput {{ message }} {LATE} }} }}"""
RESET = f"""mutation ($op: UUID!, $word: String!, $password: String!) {{
  resetPassword(operationId: $op, word: $word, password: $password) {{ __typename
    ... on PasswordReset {{ message }} ... on SignInRefused {{ message }}
    ... on UnfitInput {{ message }} {LATE} }} }}"""
SIGN_OUT = """mutation ($op: UUID!) { signOut(operationId: $op) { __typename
  ... on SessionEnded { key } ... on Refusal { message } } }"""
TRIES = 3


def sign_in(
    email: Annotated[str, typer.Option(prompt="E-mail address", help="Who you are.")],
    url: Annotated[str, typer.Option(help="Where the service is.")] = "http://127.0.0.1:8000",
    home: Home = SIGNED_IN,
    reset: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--reset", help="Have a word sent, and choose a new password by it.")
    ] = False,
    word: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--word", help="Choose a new password by a word that you have.")
    ] = False,
) -> None:
    """Sign in at a service; asks for the password, and for a code where one is owed.

    What it needs is asked for, or read from standard input line by line.
    """
    service, kept = parse_service(url), SessionFile(home)
    if reset:
        typer.echo(ask_door(service, REQUEST_RESET, email=email)["message"])
    if reset or word:
        said = _typed("The word: ")
        typer.echo(ask_door(service, RESET, word=said, password=read_password())["message"])
    found = ask_door(service, SIGN_IN, email=email, password=_typed("Password: ", hidden=True))
    if found["__typename"] != "SignedIn":
        found = _confirmed(service, found)
    with kept.held():
        kept.keep(service, found["refreshToken"])
    typer.echo(f"{email} is signed in as {found['role'].lower()}, kept in {kept.path}.")


def sign_out(home: Home = SIGNED_IN) -> None:
    """End the session that `battwheels sign-in` began, and forget it."""
    kept = SessionFile(home)
    session, found = refresh(kept)
    done = ask_api(session.url, found["accessToken"], SIGN_OUT)
    if done["__typename"] != "SessionEnded":
        raise Refused(done["message"])
    kept.forget()
    typer.echo("Signed out.")


def _confirmed(service: str, owed: dict[str, Any]) -> dict[str, Any]:
    """Ask for the code that is owed; a mistyped one is asked for again."""
    if owed["__typename"] == "SecondFactorOffered":
        _show_secret(owed)
    found = _by_code(service, owed["challenge"], TRIES)
    if found["recoveryCodes"]:
        typer.echo("Keep these on paper; each lets you in once without your telephone:")
        typer.echo("\n".join(found["recoveryCodes"]))
    return found


def _by_code(service: str, challenge: str, tries: int) -> dict[str, Any]:
    try:
        return ask_door(service, CONFIRM, challenge=challenge, code=_typed("Code: "))
    except Refused as error:
        if tries == 1:
            raise
        typer.echo(str(error), err=True)
    return _by_code(service, challenge, tries - 1)


def _show_secret(owed: dict[str, Any]) -> None:
    typer.echo("Your work demands a second factor. Put this into an app that makes codes:")
    if sys.stdout.isatty():
        segno.make(owed["uri"]).terminal(compact=True)
    typer.echo(f"{owed['secret']}\n{owed['uri']}")


def _typed(prompt: str, *, hidden: bool = False) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return getpass(prompt) if hidden else input(prompt)
