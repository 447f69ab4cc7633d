"""The audit of this house: its keys, what writes deeds, the sealer, and the checkpoints."""

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from access.checkpoints import AuditSigner, CheckpointFile
from access.deeds import DeedVault, EventDeeds
from access.master_keys import MasterKeys
from domain.deeds import SettingsOperation
from domain.errors import Tampered
from domain.ids import OperationId, uuid7
from records.audit_chain import SEALED_AT_ONCE, DeedChain
from records.audit_trail import AuditTrail, DeedWriter
from records.database import Records
from records.refused_deeds import RefusedDeeds
from records.verification import Checkpoint
from records.wakeups import Wakeup
from web.health import Parts
from web.metrics import Metrics
from web.settings import Settings

# How soon after a deed its link is made, and how seldom the sealer looks when nobody tells it.
SEAL_SECONDS = 1.0
REST_SECONDS = 30.0
CHECKPOINT_SECONDS = 3_600.0
RANDOM_BITS = 80
CHECKPOINTS_OUT = (
    "Was `index:` in BATTWHEELS_VAULT_KEYS changed? Then set the old one again: it never rotates. "
    "If it was not, the file was altered: keep it for the audit, run `battwheels audit verify` "
    "with a copy kept elsewhere, and move the file away; new checkpoints begin within an hour."
)

log = logging.getLogger("battwheels.audit")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRuntime:
    """What writes deeds, what links them, and what keeps a proof of that elsewhere."""

    records: Records
    vault: DeedVault
    writer: DeedWriter
    events: EventDeeds
    refused: RefusedDeeds
    trail: AuditTrail
    chain: DeedChain
    signer: AuditSigner
    checkpoints: CheckpointFile

    async def seal(self, told: Wakeup) -> None:
        """Link deeds soon after they came, until cancelled.

        Raises:
            Unavailable: the records do not answer.
        """
        while True:
            while await self.chain.seal() == SEALED_AT_ONCE:
                continue
            await asyncio.sleep(SEAL_SECONDS)
            await told.wait(REST_SECONDS)

    async def keep_checkpoints(self, parts: Parts, metrics: Metrics) -> None:
        """Write a checkpoint every hour in which something was linked, until cancelled.

        Raises:
            Unavailable: the records do not answer.
        """
        while True:
            broken = await self._broken()
            metrics.broken("checkpoints", broken=broken is not None)
            if parts.note("checkpoints", broken) and broken is not None:
                log.error("checkpoints stopped", extra={"reason": broken, "do": CHECKPOINTS_OUT})
            await asyncio.sleep(CHECKPOINT_SECONDS)

    async def add_checkpoint(self) -> Checkpoint | None:
        """Seal what waits and write down where the chain stands; None: nothing came since the last.

        Raises:
            Tampered: the file was altered.
        """
        # No further than what waits now: what comes meanwhile is for the next one.
        while await self.chain.seal() == SEALED_AT_ONCE:
            continue
        n, head = await self.chain.head()
        checkpoint = Checkpoint(n=n, hash=head, at=datetime.now(UTC))
        added = n > 0 and await asyncio.to_thread(self.checkpoints.add, checkpoint)
        return checkpoint if added else None

    async def _broken(self) -> str | None:
        try:
            await self.add_checkpoint()
        except (Tampered, OSError) as error:
            return str(error)
        return None


def open_audit(
    settings: Settings, records: Records, keys: MasterKeys, file: Path | None = None
) -> AuditRuntime:
    """Join the audit; its keys follow from the index key, which does not rotate."""
    vault = build_deed_vault(keys)
    writer = DeedWriter(vault.sign)
    signer = build_signer(keys)
    return AuditRuntime(
        records=records,
        vault=vault,
        writer=writer,
        events=EventDeeds(vault, writer),
        refused=RefusedDeeds(records, writer, _now_utc),
        trail=AuditTrail(records),
        chain=DeedChain(records, vault.sign),
        signer=signer,
        checkpoints=CheckpointFile(file or checkpoints_file(settings), signer),
    )


def operators_change(now: datetime) -> SettingsOperation:
    """Give the operation of a command on the machine that changes what the network goes by."""
    named = OperationId(str(uuid7(now, secrets.randbits(RANDOM_BITS))))
    return SettingsOperation(id=named, by=None, at=now)


def build_signer(keys: MasterKeys) -> AuditSigner:
    return AuditSigner(keys.key_for("checkpoints"))


def build_deed_vault(keys: MasterKeys) -> DeedVault:
    return DeedVault(keys.key_for("deeds"))


def checkpoints_file(settings: Settings) -> Path:
    return settings.home / "audit" / "checkpoints.jsonl"


def _now_utc() -> datetime:
    return datetime.now(UTC)
