"""One bucket behind the S3 interface, as botocore speaks it: signed, bounded in time, sealed there.

botocore waits in threads; signing asks nobody. Every put demands encryption at the server
(SSE-S3), beside the seal that each kept object has of its own.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import IO, Any, TypeVar, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.session import Session

from domain.errors import NotFound, Unavailable

T = TypeVar("T")

STORE = "files"
CONNECT_SECONDS, ANSWER_SECONDS = 2, 5
CONNECTIONS = 32
ENCRYPTED: dict[str, str] = {"ServerSideEncryption": "AES256"}
ABSENT = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAccount:
    """Where a bucket is and as whom we come.

    Attributes:
        url: `https://HOST`, where the service reaches it.
        public_url: where whoever sends files does; None: at the same address.
    """

    url: str
    bucket: str
    key: str
    secret: str = field(repr=False)
    region: str = "us-east-1"
    public_url: str | None = None

    @property
    def upload_address(self) -> str:
        """Where whoever sends files reaches it, `https://HOST`."""
        return self.public_url or self.url


class Bucket:
    """What is asked of one bucket; a client is made when it is first asked."""

    def __init__(self, account: BucketAccount) -> None:
        self.account = account

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore makes its methods from a description
        return self._client_of(self.account.url)

    @cached_property
    def _signer(self) -> Any:  # noqa: ANN401 - as above
        """The client that signs addresses for others: the host that they reach is signed too."""
        public = self.account.public_url
        return self._client if public is None else self._client_of(public)

    def _client_of(self, url: str) -> Any:  # noqa: ANN401 - as above
        given = self.account
        return Session().create_client(
            "s3",
            endpoint_url=url,
            region_name=given.region,
            aws_access_key_id=given.key,
            aws_secret_access_key=given.secret,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
                retries={"total_max_attempts": 1},
                max_pool_connections=CONNECTIONS,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def signed_put(self, key: str, seconds: int, *, length: int, type: str) -> str:
        """Give an address that takes an object of this length and type alone, sealed there."""
        asked = self._named(key) | ENCRYPTED | {"ContentLength": length, "ContentType": type}
        return self._signer.generate_presigned_url("put_object", Params=asked, ExpiresIn=seconds)

    async def put(self, key: str, content: IO[bytes]) -> None:
        await self._asked("put_object", **self._named(key), Body=content, **ENCRYPTED)

    async def head(self, key: str) -> Answer | None:
        try:
            return await self._asked("head_object", **self._named(key))
        except NotFound:
            return None

    async def get(self, key: str, start: int) -> "ObjectBody":
        from_there = {"Range": f"bytes={start}-"} if start else {}
        found = await self._asked("get_object", **self._named(key), **from_there)
        return ObjectBody(found["Body"])

    async def delete(self, key: str, version: str | None = None) -> None:
        named = {} if version is None else {"VersionId": version}
        await self._asked("delete_object", **self._named(key), **named)

    async def versions(self, key: str) -> list[Answer]:
        """Give an object's versions and the marks that it was removed, the newest first."""
        found = await self._asked(
            "list_object_versions", Bucket=self.account.bucket, Prefix=key, MaxKeys=1_000
        )
        marked = [one | {"removed": True} for one in found.get("DeleteMarkers", [])]
        every = [*marked, *found.get("Versions", [])]
        own = [one for one in every if one["Key"] == key]
        return sorted(own, key=lambda one: (one["LastModified"], one["IsLatest"]), reverse=True)

    async def page(self, prefix: str, after: str) -> list[Answer]:
        """Give up to a thousand objects of a prefix, in the order of their keys."""
        found = await self._asked(
            "list_objects_v2", Bucket=self.account.bucket, Prefix=prefix, StartAfter=after
        )
        return found.get("Contents", [])

    async def prepare(self) -> None:
        """Make the bucket where there is none, and have it keep what is removed."""
        try:
            await self._asked("head_bucket", Bucket=self.account.bucket)
        except NotFound:
            await self._asked("create_bucket", Bucket=self.account.bucket)
        await self._asked(
            "put_bucket_versioning",
            Bucket=self.account.bucket,
            VersioningConfiguration={"Status": "Enabled"},
        )

    def _named(self, key: str) -> dict[str, Any]:
        return {"Bucket": self.account.bucket, "Key": key}

    async def _asked(self, verb: str, **given: Any) -> Answer:  # noqa: ANN401 - as the verbs take them
        def ask() -> Answer:
            return cast("Callable[..., Answer]", getattr(self._client, verb))(**given)

        return await translated(ask, given.get("Key", self.account.bucket))


class ObjectBody:
    """An object's bytes as they come."""

    def __init__(self, body: Any) -> None:  # noqa: ANN401 - of botocore
        self._body = body

    async def read(self, size: int) -> bytes:
        return await translated(partial(self._body.read, size), "object")

    def close(self) -> None:
        self._body.close()


async def translated(ask: Callable[[], T], key: str) -> T:
    """Ask in a thread, and tell of what goes wrong by our names.

    Raises:
        NotFound: there is no such object.
        Unavailable: the bucket does not answer, or lets us not in.
    """
    try:
        return await asyncio.to_thread(ask)
    except ClientError as error:
        code = cast("Answer", error.response).get("Error", {}).get("Code", "no reason")
        if code in ABSENT:
            raise NotFound("object", key) from error
        raise Unavailable(STORE, f"the bucket refused with {code}") from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        raise Unavailable(STORE, type(error).__name__) from error


def removed_first(versions: list[Answer]) -> Iterator[str]:
    """Yield the marks of removal that stand before the newest version that holds bytes."""
    for one in versions:
        if not one.get("removed"):
            return
        yield one["VersionId"]
