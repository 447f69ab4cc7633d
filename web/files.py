"""The files as this house opens them: where they are kept, their links, and their doors."""

from dataclasses import dataclass

from files.bucket import Bucket
from files.bucket_store import BucketStore, BucketUploads
from files.file_readers import FileReaders
from files.folder_store import FolderStore
from files.folder_uploads import FolderUploads
from records.database import Records
from records.files import FileStore
from repair.files import FileKeeper
from resolvers.services import FileServices
from web.file_doors import DownloadDoor, UploadDoor
from web.file_links import FileLinks
from web.file_settings import read_bucket, read_scanner
from web.local.home import StoreHome
from web.settings import Settings
from web.vault import VaultRuntime

FOLDER = "files"


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
    bucket: Bucket | None

    @property
    def services(self) -> FileServices:
        return FileServices(keeper=self.keeper, links=self.links)


def open_files(settings: Settings, records: Records, sealing: VaultRuntime) -> FileRuntime:
    """Join a bucket or a folder of files to the records that say what they are."""
    master = sealing.master
    links = FileLinks(master.key_for("links"), base=settings.public_address)
    account = read_bucket(settings.files_url, settings.files_region)
    bucket = None if account is None else Bucket(account)
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
        bucket=bucket,
    )
