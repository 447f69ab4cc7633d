"""The invoice registration portal (IRP): what we ask of it, and proof that it was the portal.

`InvoicePortal` is what a driver offers. `StandInPortal` stands in: it registers, refuses what the
real one is known to refuse (`portal_checks`) and what it knows already (2150), signs with a key of
its own made at run time, and keeps the 24-hour rule. It is told whose registrations are not active.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from billing.gst import e_invoice, portal_checks
from billing.gst.e_invoice import CancelReason
from billing.gst.gstin import NEVER_BUYERS
from billing.gst.invoices import Invoice
from billing.gst.law_dates import INDIA
from domain.errors import AlreadyExists, InvalidInput, NotFound, Unavailable

ALGORITHM = "RS256"
KEY_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalRegistration:
    """The portal's answer; `signed_invoice` and `signed_qr` are compact JWS."""

    irn: str
    ack_number: str
    ack_at: datetime
    signed_invoice: str
    signed_qr: str
    cancelled_at: datetime | None = None
    cancelled_for: CancelReason | None = None


class TaxpayerStatus(StrEnum):
    """How a GSTIN stands at the portal, by the code of its refusal."""

    ACTIVE = ""
    UNKNOWN = "3028"
    INACTIVE = "3029"
    CANCELLED = "3074"
    CANCELLED_UNDATED = "3075"

    @property
    def says(self) -> str:
        return {
            TaxpayerStatus.ACTIVE: "is active",
            TaxpayerStatus.UNKNOWN: "is not known to the portal as a buyer or seller",
            TaxpayerStatus.INACTIVE: "is inactive",
            TaxpayerStatus.CANCELLED: "is cancelled from before the document's day",
            TaxpayerStatus.CANCELLED_UNDATED: "is cancelled; from which day is not known",
        }[self]


ACTIVE = TaxpayerStatus.ACTIVE


class InvoicePortal(Protocol):
    """A driver to a portal; it may also raise Unavailable."""

    @property
    def public_key(self) -> RSAKey:
        """The portal's key, as it is pinned."""
        ...

    async def register(self, invoice: Invoice, now: datetime) -> PortalRegistration:
        """Register a document; raises AlreadyExists when the portal knows it."""
        ...

    async def find(self, irn: str) -> PortalRegistration: ...

    async def cancel(self, irn: str, reason: CancelReason, now: datetime) -> PortalRegistration: ...


def live_registration(known: PortalRegistration | None) -> PortalRegistration | None:
    """Give a registration that stands: one that was cancelled is none, and its number is burnt."""
    return None if known is None or known.cancelled_at is not None else known


def verify_registration(
    answer: PortalRegistration, invoice: Invoice, key: RSAKey
) -> PortalRegistration:
    """Give the answer back when the portal's key signed it and it is about this invoice.

    Raises:
        InvalidInput: `signature` is not the portal's, or `irn` or the QR speaks of another invoice.
    """
    said = _open_signed(answer.signed_qr, key)
    reported = _open_signed(answer.signed_invoice, key)
    wanted = _qr_content(invoice, answer.ack_at)
    if answer.irn != e_invoice.irn_of(invoice) or reported.get("Irn") != answer.irn:
        raise InvalidInput("irn", "is not that of this invoice")
    if said != wanted:
        raise InvalidInput("signedQr", "speaks of another invoice")
    return answer


class StandInPortal:
    """A portal in memory, for machines that have none; it signs as the real one does."""

    def __init__(self, taxpayers: Mapping[str, TaxpayerStatus] | None = None) -> None:
        self._known: dict[str, PortalRegistration] = {}
        self._taxpayers = taxpayers or {}

    @cached_property
    def _key(self) -> RSAKey:
        """Made when it is first needed: that takes a while."""
        return RSAKey.generate_key(KEY_BITS, auto_kid=True)

    @property
    def public_key(self) -> RSAKey:
        """What a client pins to verify answers."""
        return RSAKey.import_key(self._key.as_dict(private=False))

    async def register(self, invoice: Invoice, now: datetime) -> PortalRegistration:
        # Who may be no party at all is said before what is sold, as `demand_acceptable` says it.
        self._refuse_taxpayers(invoice)
        made = e_invoice.to_inv01(invoice)
        irn = e_invoice.irn_of(invoice)
        if irn in self._known:
            raise AlreadyExists("IRN", irn)
        portal_checks.demand_acceptable(made)
        ack = f"{len(self._known) + 1:015d}"
        body = {"AckNo": ack, "Irn": irn, **json.loads(e_invoice.inv01_text(made))}
        answer = PortalRegistration(
            irn=irn,
            ack_number=ack,
            ack_at=now,
            signed_invoice=self._signed(body),
            signed_qr=self._signed(_qr_content(invoice, now)),
        )
        self._known[irn] = answer
        return answer

    async def find(self, irn: str) -> PortalRegistration:
        if irn not in self._known:
            raise NotFound("IRN", irn)
        return self._known[irn]

    async def cancel(self, irn: str, reason: CancelReason, now: datetime) -> PortalRegistration:
        """Cancel within 24 hours; the number stays burnt."""
        known = await self.find(irn)
        if known.cancelled_at is not None:
            return known
        e_invoice.demand_cancellable(known.ack_at, now)
        self._known[irn] = replace(known, cancelled_at=now, cancelled_for=reason)
        return self._known[irn]

    def _refuse_taxpayers(self, invoice: Invoice) -> None:
        """Refuse a seller or buyer who is not active, or may not be one at all."""
        for field, party in (("supplier", invoice.supplier), ("customer", invoice.recipient)):
            number = party.gstin
            if number is None:
                continue
            status = self._taxpayers.get(number.value, ACTIVE)
            if number.kind in NEVER_BUYERS:
                status = TaxpayerStatus.UNKNOWN
            if status is not TaxpayerStatus.ACTIVE:
                raise InvalidInput(f"{field}.gstin", f"{status.says} (the portal's {status.value})")

    def _signed(self, body: dict[str, Any]) -> str:
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        payload = json.dumps({"data": json.dumps(body, separators=(",", ":")), "iss": "local"})
        return jws.serialize_compact(header, payload, self._key, algorithms=[ALGORITHM])


class MissingPortal:
    """Where no driver to a portal is connected: nothing is reported, and nobody is told it was."""

    @property
    def public_key(self) -> RSAKey:
        raise _portal_missing()

    async def register(self, invoice: Invoice, now: datetime) -> PortalRegistration:
        del invoice, now
        raise _portal_missing()

    async def find(self, irn: str) -> PortalRegistration:
        del irn
        raise _portal_missing()

    async def cancel(self, irn: str, reason: CancelReason, now: datetime) -> PortalRegistration:
        del irn, reason, now
        raise _portal_missing()


def _portal_missing() -> Unavailable:
    return Unavailable("irp", "no driver to the invoice portal is connected")


def _open_signed(signed: str, key: RSAKey) -> dict[str, Any]:
    try:
        opened = jws.deserialize_compact(signed, key, algorithms=[ALGORITHM])
        return json.loads(json.loads(opened.payload)["data"])
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput("signature", "is not the portal's") from error


def _qr_content(invoice: Invoice, ack_at: datetime) -> dict[str, Any]:
    """What the portal prints: its ten fields."""
    made = e_invoice.to_inv01(invoice)
    dearest = max(invoice.lines, key=lambda line: line.taxable)
    return {
        "SellerGstin": made["SellerDtls"]["Gstin"],
        "BuyerGstin": made["BuyerDtls"]["Gstin"],
        "DocNo": made["DocDtls"]["No"],
        "DocTyp": made["DocDtls"]["Typ"],
        "DocDt": made["DocDtls"]["Dt"],
        "TotInvVal": str(made["ValDtls"]["TotInvVal"]),
        "ItemCnt": len(invoice.lines),
        "MainHsnCode": dearest.hsn,
        "Irn": e_invoice.irn_of(invoice),
        "IrnDt": f"{ack_at.astimezone(INDIA):%Y-%m-%d %H:%M:%S}",
    }
