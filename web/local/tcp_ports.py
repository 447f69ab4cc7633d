"""Ports on 127.0.0.1 that stay the same from one start to the next."""

import socket

from web.local import files
from web.local.home import StoreHome

LOOPBACK = "127.0.0.1"


def kept_port(home: StoreHome, store: str) -> int:
    """The store's port of last time when it is still free, else a new free one."""
    path = home.port(store)
    last = path.read_text().strip() if path.exists() else ""
    if last.isdigit() and is_free(int(last)):
        return int(last)
    return fresh_port(home, store)


def fresh_port(home: StoreHome, store: str) -> int:
    """A port nobody listens on, written down for the next start."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
    files.write_whole(home.port(store), f"{port}\n")
    return port


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as listener:
        # As servers do: a port of a connection that just ended counts as free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return False
    return True
