"""How long everything is kept: the one place from which the ages of streams and the rules of the store come."""

from __future__ import annotations

import msgspec
from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lectern.contracts.topology import EVENT_DAYS, REUSE_DAYS


class Retention(BaseSettings):
    """Days that things are kept; 0 keeps them for good. What others may still need is never forgotten first."""

    model_config = SettingsConfigDict(env_prefix="LECTERN_", extra="ignore", frozen=True)

    keep_history_days: int = Field(
        EVENT_DAYS,
        ge=0,
        description="days that the event log keeps an event, and so a video in lists, and dead letters; 0 for good",
    )
    keep_cache_days: int = Field(
        EVENT_DAYS + REUSE_DAYS + 1,
        ge=0,
        description=f"days that `cache/` is kept after the last write, or use {REUSE_DAYS} days or more after that: "
        "longer than the event log keeps a video that shares in it; 0 for good. `lectern up` keeps what a video in the "
        "log uses, and deletes what none does a week after its last use",
    )
    keep_video_days: int = Field(
        EVENT_DAYS + 1,
        ge=0,
        description="days that `videos/` is kept after the last write, longer than the event log keeps its videos; "
        "0 for good",
    )
    keep_upload_days: int | None = Field(
        None,
        ge=0,
        description="days that `assets/` is kept after the upload: no shorter than `videos/`, twice as long if unset; "
        "0 for good",
    )

    @model_validator(mode="after")
    def _refuse_too_short(self) -> Retention:
        """A video that is listed must have its files, and a new one its uploads."""
        if self.keep_video_days and not 0 < self.keep_history_days < self.keep_video_days:
            listed = f"for {self.keep_history_days} days" if self.keep_history_days else "for good"
            raise ValueError(
                f"videos are listed {listed}, so their files are kept for longer, or 0 for good: "
                "LECTERN_KEEP_VIDEO_DAYS, LECTERN_KEEP_HISTORY_DAYS"
            )
        uploads = self.count_upload_days()
        if uploads and not 0 < self.keep_video_days <= uploads:
            raise ValueError("uploads are kept as long as videos that show them: LECTERN_KEEP_UPLOAD_DAYS")
        return self

    def count_upload_days(self) -> int:
        """Days that uploads are kept; 0 for good. One may be used by a video that is requested weeks later."""
        return 2 * self.keep_video_days if self.keep_upload_days is None else self.keep_upload_days


class ExpiryRule(msgspec.Struct, frozen=True, kw_only=True):
    """Objects below a prefix are deleted so many days after they were last written; 0 keeps them for good."""

    prefix: str
    days: int

    @property
    def name(self) -> str:
        """The rule's id in the bucket, by which we know our own."""
        return f"lectern-{self.prefix.rstrip('/')}"


def declare_rules(retention: Retention) -> tuple[ExpiryRule, ...]:
    """What expires. `cache/` is made again when it is missed; the others are what a video in the lists may need."""
    return (
        ExpiryRule(prefix="cache/", days=retention.keep_cache_days),
        ExpiryRule(prefix="assets/", days=retention.count_upload_days()),
        ExpiryRule(prefix="videos/", days=retention.keep_video_days),
    )
