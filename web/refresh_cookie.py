"""The cookie that holds a browser's refresh token, and how it goes when somebody signs out."""

from starlette.responses import Response

# This host alone, over TLS alone, at every path (RFC 6265bis).
COOKIE = "__Host-battwheels-refresh"


def forget_session(response: Response) -> None:
    """Have the browser drop the token, and the answers to questions by id that it kept.

    What a page stored itself is its own to clear: unsent work may be among it.
    """
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    response.headers["clear-site-data"] = '"cache"'
