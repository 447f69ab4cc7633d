"""What bytes are by how they begin, whatever their sender says."""

from domain.errors import InvalidInput
from domain.files import FileType

# So many bytes tell what a file is.
HEAD = 4_096
WEBM = b"\x1a\x45\xdf\xa3"
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
MP4_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"3gp4",
        b"3gp5",
    }
)
TEXTS = frozenset({FileType.CSV, FileType.TEXT})
# What a text has no use for: a program, an archive, a page of another kind.
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


def sniffed_type(head: bytes) -> FileType | None:
    """Say what a file is by its first bytes: TEXT stands for all texts; None: nothing of ours."""
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType.WEBP
    if head.startswith(WEBM):
        return FileType.WEBM
    if head[4:8] == b"ftyp":
        return _branded_type(head[8:12])
    return FileType.TEXT if head and not CONTROL & frozenset(head) else None


def demand_type(announced: FileType, head: bytes) -> None:
    """Return when a file begins as what it was announced to be.

    Raises:
        InvalidInput: it does not.
    """
    found = sniffed_type(head)
    same = found is announced or (found is FileType.TEXT and announced in TEXTS)
    if not same:
        seen = "as nothing that is taken" if found is None else f"as {found}"
        raise InvalidInput("type", f"the file was announced as {announced} and begins {seen}")


def _branded_type(brand: bytes) -> FileType | None:
    if brand in HEIC_BRANDS:
        return FileType.HEIC
    return FileType.MP4 if brand in MP4_BRANDS else None
