"""The cookies of a browser's sign-in: its refresh token, and the word by which a code is owed."""

from starlette.responses import Response

# This host alone, over TLS alone, at every path (RFC 6265bis).
COOKIE = "__Host-battwheels-refresh"
OWED_COOKIE = "__Host-battwheels-owed"


def forget_session(response: Response) -> None:
    """Have the browser drop the token, and the answers to questions by id that it kept.

    What a page stored itself is its own to clear: unsent work may be among it.
    """
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    response.headers["clear-site-data"] = '"cache"'


def forget_challenge(response: Response) -> None:
    """Have the browser drop the word of a code that was given."""
    response.delete_cookie(OWED_COOKIE, path="/", secure=True, httponly=True, samesite="strict")
