"""The object store of a server: Cloudflare R2 or any other S3, through aioboto3."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aioboto3
from aiobotocore.config import AioConfig
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from lectern.contracts import keys
from lectern.tracing import SpanKind, record_span
from lectern.worker.failures import Missing, Transient, Unavailable
from lectern.worker.outages import describe_os_error
from lectern.worker.settings import Settings
from lectern.worker.store import ObjectInfo, ObjectStore

_ABSENT = {"404", "NoSuchKey", "NotFound"}
_FULL = {"InsufficientStorage", "XMinioStorageFull", "QuotaExceeded"}
_REFUSED = {400, 405, 409, 411, 412, 413, 414, 416, 501}  # of this very request, at any time
_LATER = {"RequestTimeout", "ExpiredToken", "SlowDown"}  # though their status may be one of these
_NOT_LET_IN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_NO_BUCKET = "NoSuchBucket"
STORE_FULL = "store-full"
_FREE_SPACE = "Free some space or raise the quota of the object store; the work then goes on by itself."
_CHECK_KEYS = "Check LECTERN_S3_ACCESS_KEY and LECTERN_S3_SECRET_KEY and what they may do; then restart the services."
_CHECK_BUCKET = "Create the bucket, or set LECTERN_S3_BUCKET to one that exists and restart the services."
_PART = 16 * 1024 * 1024  # bytes; R2 wants parts of equal size
_CHUNK = 256 * 1024
_UNKNOWN_TYPE = "application/octet-stream"


def describe_failure(error: Exception, key: str) -> Transient:
    """The store's error, of botocore or the connection, as one of ours. Endpoints and credentials stay out of the text.

    What the store may answer differently on another day is an outage: a full disk, a wrong key, a missing bucket.
    """
    if not isinstance(error, ClientError):
        return Unavailable(f"the object store cannot be reached ({type(error).__name__})", code="store-unavailable")
    found = error.response.get("Error", {})
    code, said = str(found.get("Code", "")), str(found.get("Message", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
    if code in _ABSENT:
        return Missing(f"object {key} is not in the store")
    if code in _FULL or status == HTTPStatus.INSUFFICIENT_STORAGE or "no space left" in said.lower():
        return describe_full_store()
    if code == _NO_BUCKET:
        return Unavailable("the object store has no such bucket", code="store-unavailable", remedy=_CHECK_BUCKET)
    if status in _NOT_LET_IN and code not in _LATER:
        message = f"the object store does not let Lectern in ({code or status})"
        return Unavailable(message, code="store-unavailable", remedy=_CHECK_KEYS)
    if status in _REFUSED and code not in _LATER:
        return Transient(f"the object store answered {code or status} for {key}")
    return Unavailable(f"the object store answered {code or status}", code="store-unavailable")


def describe_full_store() -> Unavailable:
    """The outage of a store that has no space left."""
    return Unavailable("the disk of the object store is full", code=STORE_FULL, remedy=_FREE_SPACE)


def has_little_space(folder: Path) -> bool:
    """True if SeaweedFS may be unable to write into a folder: a part of an upload does not fit, or less than a
    hundredth of the disk is free, at which it takes nothing more (its `-volume.minFreeSpace`)."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    free, size = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
    return free < max(_PART, size // 100) or (found.f_files > 0 and found.f_favail == 0)


class S3ObjectStore(ObjectStore):
    """A bucket of an S3 server. See `ObjectStore` for what each method promises."""

    def __init__(self, client: Any, bucket: str, folder: Path | None = None) -> None:
        self._client = client
        self._bucket = bucket
        self._folder = folder  # where a store on this machine has its objects
        self._full: Unavailable | None = None  # the last write's failure, if that was why

    @asynccontextmanager
    async def _translate_errors(self, key: str) -> AsyncIterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError, OSError, TimeoutError) as error:
            if isinstance(error, OSError) and (outage := describe_os_error(error)):
                raise outage from error  # this machine's trouble, not the store's
            if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
                raise  # a local file's
            raise describe_failure(error, key) from error

    @asynccontextmanager
    async def _transfer(self, doing: str, key: str) -> AsyncIterator[None]:
        """An object on its way: a span, and the store's errors as ours."""
        with record_span(f"store {doing}", kind=SpanKind.CLIENT, object=keys.describe(key)):
            async with self._translate_errors(key):
                yield

    @asynccontextmanager
    async def _note_full(self) -> AsyncIterator[None]:
        try:
            yield
        except Unavailable as error:
            answered = isinstance(error.__cause__, ClientError)
            if answered and error.problem.code != STORE_FULL and self._folder and has_little_space(self._folder):
                self._full = describe_full_store()
                raise self._full from error  # a local store says of a full disk that it has an internal error
            self._full = error if error.problem.code == STORE_FULL else self._full
            raise
        self._full = None

    async def get(self, key: str) -> bytes:
        """The object's bytes."""
        async with self._transfer("get", key):
            answer = await self._client.get_object(Bucket=self._bucket, Key=key)
            async with answer["Body"] as body:
                data: bytes = await body.read()
                return data

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """Stores bytes under a key, replacing what was there."""
        async with self._note_full(), self._transfer("put", key):
            await self._client.put_object(Bucket=self._bucket, Key=key, Body=io.BytesIO(data), ContentType=media_type)

    async def get_file(self, key: str, path: Path) -> None:
        """Downloads an object into a file."""
        async with self._transfer("get", key):
            await self._client.download_file(self._bucket, key, str(path))

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Uploads a file, in equal parts when it is large."""
        async with self._note_full(), self._transfer("put", key):
            with path.open("rb") as source:
                await self._client.upload_fileobj(
                    source,
                    self._bucket,
                    key,
                    ExtraArgs={"ContentType": media_type},
                    Config=TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART),
                )

    async def head(self, key: str) -> ObjectInfo | None:
        """Describes the object; None when there is none."""
        with record_span("store head", kind=SpanKind.CLIENT, object=keys.describe(key)):
            try:
                async with self._translate_errors(key):
                    answer = await self._client.head_object(Bucket=self._bucket, Key=key)
            except Missing:
                return None
        return ObjectInfo(
            size=answer["ContentLength"],
            media_type=answer.get("ContentType", _UNKNOWN_TYPE),
            etag=answer.get("ETag", ""),
            written=answer.get("LastModified"),
        )

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes `start` to `end` (both included), in chunks.

        A store that ignores ranges and answers with the whole object is cut to the range here.
        """
        range_ = f"bytes={start}-{'' if end is None else end}"
        async with self._translate_errors(key):
            answer = await self._client.get_object(Bucket=self._bucket, Key=key, Range=range_)
            skip = 0 if answer.get("ContentRange") else start
            left = None if end is None else end - start + 1
            async with answer["Body"] as body:
                async for chunk in body.content.iter_chunked(_CHUNK):
                    if skip >= len(chunk):
                        skip -= len(chunk)
                        continue
                    piece = chunk[skip:] if left is None else chunk[skip : skip + left]
                    skip = 0
                    if left is not None:
                        left -= len(piece)
                    if piece:
                        yield piece
                    if left == 0:
                        return

    async def presign(self, key: str, seconds: int, filename: str | None = None) -> str:
        """A URL that lets its holder download the object for `seconds`."""
        params: dict[str, str] = {"Bucket": self._bucket, "Key": key}
        if filename:
            params["ResponseContentDisposition"] = f'attachment; filename="{filename}"'
        url: str = await self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)
        return url

    async def list_keys(self, prefix: str) -> list[str]:
        """The keys of all objects that begin with `prefix`, sorted; a thousand in each request."""
        found: list[str] = []
        async with self._translate_errors(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            async for page in pages:
                found += [entry["Key"] for entry in page.get("Contents", ())]
        return sorted(found)

    async def copy(self, source: str, target: str) -> None:
        """Copies an object within the store, of up to 5 GB. Onto itself it keeps its content and its media type."""
        async with self._note_full(), self._transfer("copy", target):
            renewed: dict[str, str] = {}
            if source == target:  # which S3 refuses unless something is said anew
                found = await self._client.head_object(Bucket=self._bucket, Key=source)
                renewed = {"MetadataDirective": "REPLACE", "ContentType": found.get("ContentType", _UNKNOWN_TYPE)}
            await self._client.copy_object(
                Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source}, **renewed
            )

    async def delete(self, key: str) -> None:
        """Removes an object. One at a time: not every store accepts the checksums of requests to delete several."""
        try:
            async with self._translate_errors(key):
                await self._client.delete_object(Bucket=self._bucket, Key=key)
        except Missing:
            return

    async def check(self) -> None:
        """Returns when the bucket answers; raises Unavailable when it does not, or was full at the last write."""
        try:
            async with self._translate_errors("the bucket"):
                await self._client.head_bucket(Bucket=self._bucket)
        except Missing as error:
            raise Unavailable("the object store has no such bucket", remedy=_CHECK_BUCKET) from error
        if self._full and (self._folder is None or has_little_space(self._folder)):
            raise self._full


class _FixedResolver(AbstractResolver):
    """Answers for whatever name with one address: that of what stands in front of the store."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return await self._resolver.resolve(self._address, port, family)

    async def close(self) -> None:
        await self._resolver.close()


@asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[Any]:
    """A client of the store's server.

    Checksums are sent only when required: R2 refuses the default ones of botocore 1.36 and later.
    """
    config = AioConfig(
        {"resolver": _FixedResolver(settings.s3_address)} if settings.s3_address else None,
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"max_attempts": 3, "mode": "standard"},
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=32,
    )
    session = aioboto3.Session(
        aws_access_key_id=settings.s3_access_key,
        aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
        region_name=settings.s3_region,
    )
    async with session.client("s3", endpoint_url=settings.s3_endpoint, config=config) as client:
        yield client
