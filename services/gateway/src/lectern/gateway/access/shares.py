"""Share links: a signed name of one finished video, which everybody who has it may watch until it ends."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from lectern.gateway import problem_types
from lectern.gateway.access.bundle import Access
from lectern.gateway.refusals import refuse

MAX_SHARES = 100  # of a video, at once
PURPOSE = "share"


class ShareToken(msgspec.Struct, frozen=True, array_like=True):
    """What a link's token holds: short, as it is part of an address. `expires` is in seconds since 1970."""

    share_id: str
    video_id: str
    expires: int


class StoredShare(msgspec.Struct, frozen=True, kw_only=True):
    """A link as its video's entry keeps it."""

    id: str
    created_at: datetime
    expires_at: datetime


class VideoShares(msgspec.Struct, frozen=True, kw_only=True):
    """The links of one video, and whose it is."""

    owner: str
    shares: tuple[StoredShare, ...] = ()


class OpenedShare(NamedTuple):
    """The video behind a link."""

    owner: str
    video_id: str
    expires_at: datetime


async def add_share(access: Access, video_id: str, owner: str, lifetime: timedelta) -> StoredShare:
    """Store a new link of a video. Raises a 409 when there are too many."""
    at = access.clock().replace(microsecond=0)
    share = StoredShare(id=secrets.token_hex(8), created_at=at, expires_at=at + lifetime)
    sign_share(access, video_id, share)  # before anything is stored: there may be no key to sign with

    def add(value: bytes | None) -> bytes:
        valid = tuple(each for each in _decode(value).shares if each.expires_at > at)
        if len(valid) >= MAX_SHARES:
            raise refuse(
                problem_types.INVALID_STATE, f"This video has {len(valid)} links.", "Delete some of them first."
            )
        return msgspec.json.encode(VideoShares(owner=owner, shares=(*valid, share)))

    await access.shares.change(video_id, add)
    return share


async def list_shares(access: Access, video_id: str) -> list[StoredShare]:
    """The links of a video that have not expired, oldest first."""
    found = await _read(access, video_id)
    return [share for share in found.shares if share.expires_at > access.clock()]


async def delete_share(access: Access, video_id: str, share_id: str) -> bool:
    """End a link; False when there is none with this id."""
    deleted = False

    def leave_out(value: bytes | None) -> bytes | None:
        nonlocal deleted
        found = _decode(value)
        left = tuple(share for share in found.shares if share.id != share_id)
        deleted = len(left) < len(found.shares)
        return msgspec.json.encode(msgspec.structs.replace(found, shares=left)) if deleted else None

    await access.shares.change(video_id, leave_out)
    return deleted


def sign_share(access: Access, video_id: str, share: StoredShare) -> str:
    """The token of a link. Raises a 503 without a signing key."""
    return access.signer.sign(PURPOSE, ShareToken(share.id, video_id, int(share.expires_at.timestamp())))


async def open_share(access: Access, token: str) -> OpenedShare:
    """The video behind a token. Raises a 404 for one that nobody signed, and a 410 for one that has ended.

    Nothing is looked up for a token that was made up.
    """
    found = access.signer.verify(PURPOSE, token, ShareToken)
    if found is None:
        raise refuse(problem_types.NO_SUCH_SHARE, "This is no share link of this installation.")
    expires_at = datetime.fromtimestamp(found.expires, UTC)
    if expires_at <= access.clock():
        raise refuse(problem_types.SHARE_ENDED, f"This link worked until {expires_at:%Y-%m-%d %H:%M} UTC.")
    kept = await _read(access, found.video_id)
    if all(share.id != found.share_id for share in kept.shares):
        raise refuse(problem_types.SHARE_ENDED, "The owner of the video has ended this link.")
    return OpenedShare(kept.owner, found.video_id, expires_at)


async def _read(access: Access, video_id: str) -> VideoShares:
    entry = await access.shares.get(video_id)
    return _decode(entry.value if entry else None)


def _decode(value: bytes | None) -> VideoShares:
    return msgspec.json.decode(value, type=VideoShares) if value else VideoShares(owner="")
