"""PDFs of invoices by a signed link that expires: for the customer, who has no token.

A link says what its asker may see: one that was given to somebody from whom customers are hidden
leads to a page that hides them, and cannot be changed into another.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from billing.paper.copies import WHOLE, DocumentCopy, PaperView
from domain.errors import IllegalTransition, InvalidInput, NotFound, Unavailable
from domain.ids import InvoiceId, invoice_id
from web import signed_links
from web.signed_links import plain_response

PATH = "/v1/invoices/{name}.pdf"
LIFETIME = timedelta(minutes=15)
# A message is read when its reader has time.
MESSAGE_LIFETIME = timedelta(days=30)
MASKED = "1"


class Print(Protocol):
    """Sets an invoice on paper, `masked`: without who the customer is."""

    def __call__(self, id: InvoiceId, view: PaperView = WHOLE) -> Awaitable[bytes]: ...


@dataclass(frozen=True, slots=True)
class PdfLinks:
    """Signs links with one key; who has the link has the paper, until it expires.

    `base` is where people reach this service: a link can be opened as it stands.
    """

    key: bytes
    base: str = ""

    def sign(
        self,
        id: InvoiceId,
        now: datetime,
        lifetime: timedelta = LIFETIME,
        view: PaperView = WHOLE,
    ) -> str:
        expires = int((now + lifetime).timestamp())
        hidden = f"&masked={MASKED}" if view.masked else ""
        marked = "" if view.copy is None else f"&copy={view.copy.name}"
        seal = self._seal(id, expires, view)
        path = f"/v1/invoices/{id}.pdf?expires={expires}{hidden}{marked}&signature={seal}"
        return f"{self.base}{path}"

    def holds(
        self, id: str, expires: str, signature: str, now: datetime, view: PaperView = WHOLE
    ) -> bool:
        """Say whether we signed this link, for these eyes and this copy, and it has not expired."""
        return signed_links.holds(
            lambda until: self._seal(id, until, view), expires, signature, now
        )

    def _seal(self, id: str, expires: int, view: PaperView) -> str:
        what = f"pdf\n{id}\n{expires}" + ("\nmasked" if view.masked else "")
        what += "" if view.copy is None else f"\ncopy {view.copy.name}"
        return signed_links.signature(self.key, what)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePdfs:
    """Answers the links: the PDF, 403 for a link that we did not sign or that has expired, 409 for
    a document that may not leave before it has its IRN.
    """

    links: PdfLinks
    print: Print

    async def endpoint(self, request: Request) -> Response:
        name = request.path_params["name"]
        given = request.query_params
        now, view = datetime.now(UTC), _view_of(given)
        expires, signature = given.get("expires", ""), given.get("signature", "")
        if not self.links.holds(name, expires, signature, now, view):
            return plain_response(
                403, "This link has expired or was never given. Ask for the invoice again."
            )
        try:
            pdf = await self.print(invoice_id(name), view)
        except IllegalTransition as refused:
            return plain_response(409, str(refused))
        except (NotFound, InvalidInput):
            return plain_response(404, "There is no such invoice.")
        except Unavailable:
            return plain_response(503, "The books do not answer. Try again in a minute.")
        named = {"content-disposition": f'inline; filename="{name}.pdf"'}
        return Response(pdf, media_type="application/pdf", headers=named)


def _view_of(given: Mapping[str, str]) -> PaperView:
    """Read how a link shows its document; a copy that there is none of shows the first."""
    wanted = given.get("copy", "")
    copy = DocumentCopy[wanted] if wanted in DocumentCopy.__members__ else None
    return PaperView(masked=given.get("masked") == MASKED, copy=copy)
