"""QR codes as SVG, drawn for paper."""

from io import BytesIO

import segno


def qr_svg(payload: str, error: str = "m") -> str:
    """Give the QR of a payload with its quiet zone; `error` is the correction level."""
    out = BytesIO()
    code = segno.make(payload, error=error, micro=False, boost_error=False)
    code.save(out, kind="svg", border=4, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode()
