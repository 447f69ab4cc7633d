"""The files as this house opens them: where they are kept, their links, and their doors."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from files.bucket import Bucket
from files.bucket_store import BucketStore, BucketUploads
from files.file_readers import FileReaders
from files.folder_store import FolderStore
from files.folder_uploads import FolderUploads
from records.database import Records
from records.files import FileStore
from records.leases import LeaseStore
from repair.file_inventory import EvidenceKeys, FileInventory
from repair.files import FileKeeper
from resolvers.services import FileServices
from web.file_doors import DownloadDoor, UploadDoor
from web.file_links import FileLinks
from web.file_settings import read_bucket, read_scanner
from web.health import Parts
from web.local.home import StoreHome
from web.metrics import Metrics
from web.settings import Settings
from web.vault import VaultRuntime

FOLDER = "files"
CLEAR_SECONDS = LEASE_SECONDS = 3_600.0
# Half past one in India: nobody waits for a disk then.
NIGHT, NIGHT_SECONDS = timedelta(hours=20), 20 * 3_600.0

log = logging.getLogger("battwheels.files")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRuntime:
    """The files of this house, and the doors that signed links lead to.

    Attributes:
        uploads: None where a bucket takes what is sent by itself.
        bucket: None where a folder keeps them.
    """

    keeper: FileKeeper
    links: FileLinks
    uploads: UploadDoor | None
    downloads: DownloadDoor
    inventory: FileInventory
    bucket: Bucket | None

    @property
    def services(self) -> FileServices:
        return FileServices(keeper=self.keeper, links=self.links)

    @property
    def upload_address(self) -> str | None:
        """Where a bucket takes what people send; None: this service does."""
        return None if self.bucket is None else self.bucket.account.upload_address

    async def watch(self, leases: LeaseStore, parts: Parts, metrics: Metrics) -> None:
        """Let go of what is over each hour, and look once a night whether all is there.

        Raises:
            Unavailable: a store does not answer.
        """
        looked: date | None = None
        while True:
            now = datetime.now(UTC)
            if await leases.take("files", LEASE_SECONDS):
                await self.inventory.clear(now)
            tonight = (now - NIGHT).date()
            if tonight != looked and await leases.take("files at night", NIGHT_SECONDS):
                await self._look(now, parts, metrics)
            looked = tonight
            await asyncio.sleep(CLEAR_SECONDS)

    async def _look(self, now: datetime, parts: Parts, metrics: Metrics) -> None:
        said = (await self.inventory.check(now)).sentence
        metrics.broken("files", broken=said is not None)
        if parts.note("files", said) and said is not None:
            log.error("files are missing", extra={"do": said})


def open_bucket(settings: Settings) -> Bucket | None:
    """Give the bucket of the settings; None: a folder keeps files."""
    account = read_bucket(settings.files_url, settings.files_region, settings.files_public_url)
    return None if account is None else Bucket(account)


def open_files(
    settings: Settings, records: Records, cards: EvidenceKeys, sealing: VaultRuntime
) -> FileRuntime:
    """Join a bucket or a folder of files to the records that say what they are."""
    master = sealing.master
    links = FileLinks(master.key_for("links"), base=settings.public_address)
    bucket = open_bucket(settings)
    root = StoreHome.at(settings.home).folder(FOLDER)
    taken = FolderUploads(root / "incoming", master.key_for("uploads"), links.upload)
    door = UploadDoor(links=links, uploads=taken, caps=settings.caps)
    keeper = FileKeeper(
        files=FileStore(records),
        objects=FolderStore(root) if bucket is None else BucketStore(bucket),
        uploads=taken if bucket is None else BucketUploads(bucket),
        vault=sealing.vault,
        readers=FileReaders(),
        quota=settings.files_quota_mib << 20,
        scanner=read_scanner(settings.file_scanner),
    )
    return FileRuntime(
        keeper=keeper,
        links=links,
        uploads=door if bucket is None else None,
        downloads=DownloadDoor(links=links, find=keeper.files.get, read=keeper.read),
        inventory=FileInventory(
            files=keeper.files, objects=keeper.objects, uploads=keeper.uploads, cards=cards
        ),
        bucket=bucket,
    )
