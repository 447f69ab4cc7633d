"""The vault of this house: the master keys of the setting, and the data keys that they wrap."""

import secrets
from base64 import b64encode
from dataclasses import dataclass, field

from access.data_keys import DataKeys
from access.key_service import ServiceWrapper
from access.key_service_accounts import KeyServiceAccount
from access.key_wrapper import FileWrapper
from access.master_keys import INDEX, MasterKeys, parse_keys
from access.vault import KEY_BYTES, SETTING, Vault
from domain.errors import UnsafeSetting
from records.data_keys import DataKeyStore
from records.database import Records
from web.local import files
from web.local.home import StoreHome
from web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultRuntime:
    """What seals who people are, over opened records."""

    master: MasterKeys = field(repr=False)
    data_keys: DataKeys
    vault: Vault


def open_vault(settings: Settings, records: Records) -> VaultRuntime:
    """Join the vault to the records: data keys are read before the first transaction.

    Raises:
        UnsafeSetting: production without keys, or keys that are none.
    """
    master = read_master_keys(settings)
    data_keys = open_data_keys(master, records, settings.key_service)
    records.before_transactions(data_keys.demand_read)
    vault = Vault(ring=data_keys.ring, index_key=master.index_key)
    return VaultRuntime(master=master, data_keys=data_keys, vault=vault)


def open_data_keys(
    keys: MasterKeys, records: Records, service: KeyServiceAccount | None = None
) -> DataKeys:
    """Join the data keys of the records to the master keys; nothing is read yet.

    The line to the service is closed with the records.
    """
    wrapper = file = FileWrapper(current=keys.current, masters=keys.masters)
    if service is not None:
        wrapper = ServiceWrapper(account=service, older=file)
        records.with_close(wrapper.close)
    return DataKeys(DataKeyStore(records), wrapper, keys.older_keys)


def read_master_keys(settings: Settings) -> MasterKeys:
    """Give the keys of the setting; development makes some of its own and keeps them in the home.

    Raises:
        UnsafeSetting: production without keys, or keys that are none.
    """
    said = settings.vault_keys or _kept_keys(settings)
    return parse_keys(said, elsewhere=settings.key_service is not None)


def _kept_keys(settings: Settings) -> str:
    if settings.production:
        raise UnsafeSetting(SETTING, "is needed in production")
    path = StoreHome.at(settings.home).secret("vault")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return files.read_or_create(path, _make_keys).strip()


def _make_keys() -> str:
    return f"development:{_make_key()} {INDEX}:{_make_key()}\n"


def _make_key() -> str:
    return b64encode(secrets.token_bytes(KEY_BYTES)).decode()
