"""Quotas of an owner: who is let in is written down by compare-and-set; what was used is read from the views."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import msgspec

from lectern.contracts.api_keys import Quotas
from lectern.gateway import problem_types
from lectern.gateway.access.principal import Principal
from lectern.gateway.refusals import Refusal, refuse
from lectern.gateway.views import DELETED, View, Views
from lectern.worker import KeyValueStore

UNSEEN = timedelta(minutes=2)  # after which a video that was admitted and has no view was never published
CEILING_PART = 10  # a video without a ceiling of its own may cost a tenth of the day's dollars
LEAST_DOLLARS = 0.01  # with less than that nothing can be made
_ENDED = ("completed", "failed", "cancelled", DELETED)


class AdmittedVideo(msgspec.Struct, frozen=True, kw_only=True):
    """A video that was let in, and the dollars it may cost."""

    video_id: str
    at: datetime
    ceiling: float = 0.0


class AdmittedVideos(msgspec.Struct, frozen=True, kw_only=True):
    """The videos of one owner that were let in on one day (UTC)."""

    day: date
    videos: tuple[AdmittedVideo, ...] = ()


class OwnerUse(NamedTuple):
    """What an owner has used: today, now, this month, and today again."""

    videos_today: int
    videos_now: int
    minutes_this_month: float
    dollars_today: float


class QuotaKeeper:
    """Admits new videos. Gateways that race for the last one cannot both get it."""

    def __init__(self, bucket: KeyValueStore, views: Views, clock: Callable[[], datetime], defaults: Quotas) -> None:
        self._bucket = bucket
        self._views = views
        self._clock = clock
        self._defaults = defaults

    def find_limits(self, principal: Principal) -> Quotas:
        """A key's quotas, the installation's filled in; None where there is no limit."""
        if not principal.key_id:
            return Quotas()
        given, defaults = principal.quotas, self._defaults
        names = Quotas.__struct_fields__
        values = {
            name: getattr(given, name) if getattr(given, name) is not None else getattr(defaults, name)
            for name in names
        }
        return Quotas(**{name: value or None for name, value in values.items()})

    async def measure(self, owner: str) -> OwnerUse:
        """What an owner has used so far."""
        _, ledger = await self._read(owner)
        return self._count(owner, ledger)

    async def admit(self, principal: Principal, video_id: str, ceiling: float | None) -> float | None:
        """Let a new video in; returns the dollars it may cost (None: any). Repeatable for the same video.

        Raises a 429 that names the quota, and when it frees.
        """
        limits = self.find_limits(principal)
        if limits == Quotas():
            return ceiling
        while True:
            revision, ledger = await self._read(principal.owner)
            known = next((each for each in ledger.videos if each.video_id == video_id), None)
            if known:
                return known.ceiling or ceiling
            use = self._count(principal.owner, ledger)
            if refusal := self._find_excess(limits, use, ledger.day):
                raise refusal
            if limits.dollars_per_day:
                left = limits.dollars_per_day - use.dollars_today
                ceiling = min(left, ceiling if ceiling is not None else limits.dollars_per_day / CEILING_PART)
            admitted = AdmittedVideo(video_id=video_id, at=self._clock(), ceiling=ceiling or 0.0)
            if await self._write(principal.owner, revision, ledger, (*ledger.videos, admitted)):
                return ceiling

    async def check_more_work(self, principal: Principal) -> None:
        """Raise a 429 when an owner may not spend more on a video that exists: its minutes or dollars are used up."""
        limits = self.find_limits(principal)
        if limits.minutes_per_month or limits.dollars_per_day:
            _, ledger = await self._read(principal.owner)
            spending = Quotas(minutes_per_month=limits.minutes_per_month, dollars_per_day=limits.dollars_per_day)
            if refusal := self._find_excess(spending, self._count(principal.owner, ledger), ledger.day):
                raise refusal

    def _find_excess(self, limits: Quotas, use: OwnerUse, day: date) -> Refusal | None:
        tomorrow = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        next_month = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)
        if limits.videos_per_day and use.videos_today >= limits.videos_per_day:
            return self._refuse("videos-per-day", f"{limits.videos_per_day} videos a day", tomorrow)
        if limits.videos_at_once and use.videos_now >= limits.videos_at_once:
            detail = f"The quota videos-at-once allows {limits.videos_at_once}, and as many are being made."
            remedy = "Wait until one has ended, or cancel one."
            return refuse(problem_types.QUOTA_EXCEEDED, detail, remedy, retry_after=30)
        if limits.minutes_per_month and use.minutes_this_month >= limits.minutes_per_month:
            return self._refuse("minutes-per-month", f"{limits.minutes_per_month:g} minutes a month", next_month)
        if limits.dollars_per_day and limits.dollars_per_day - use.dollars_today < LEAST_DOLLARS:
            return self._refuse("dollars-per-day", f"{limits.dollars_per_day:g} dollars a day", tomorrow)
        return None

    def _refuse(self, policy: str, allowed: str, until: datetime) -> Refusal:
        seconds = max(1, int((until - self._clock()).total_seconds()))
        detail = f"The quota {policy} allows {allowed}, which are used up until {until:%Y-%m-%d %H:%M} UTC."
        return refuse(problem_types.QUOTA_EXCEEDED, detail, retry_after=seconds)

    def _count(self, owner: str, ledger: AdmittedVideos) -> OwnerUse:
        views = dict(self._views.list_owned(owner))
        day, month = ledger.day.isoformat(), ledger.day.isoformat()[:7]
        admitted = {each.video_id: each for each in ledger.videos}
        active = {name for name, view in views.items() if view.status not in _ENDED}
        active |= {name for name, each in admitted.items() if self._is_coming(each)}
        dollars = sum(_count_dollars(view, day) for view in views.values())
        dollars += sum(_count_reserved(each, views.get(name), day) for name, each in admitted.items())
        minutes = sum(view.seconds for view in views.values() if view.completed_on.startswith(month)) / 60
        return OwnerUse(len(admitted), len(active), round(minutes, 3), round(dollars, 6))

    def _is_coming(self, admitted: AdmittedVideo) -> bool:
        return self._views.get(admitted.video_id) is None and self._clock() - admitted.at < UNSEEN

    async def _read(self, owner: str) -> tuple[int | None, AdmittedVideos]:
        """What was let in today. The day never goes back, so that a clock which is behind cannot open one again."""
        entry = await self._bucket.get(_name(owner))
        today = self._clock().astimezone(UTC).date()
        if entry is None or not entry.value:
            return None, AdmittedVideos(day=today)
        ledger = msgspec.json.decode(entry.value, type=AdmittedVideos)
        return entry.revision, ledger if ledger.day >= today else AdmittedVideos(day=today)

    async def _write(
        self, owner: str, revision: int | None, ledger: AdmittedVideos, videos: Iterable[AdmittedVideo]
    ) -> bool:
        data = msgspec.json.encode(AdmittedVideos(day=ledger.day, videos=tuple(videos)))
        if revision is None:
            return await self._bucket.create(_name(owner), data) is not None
        return await self._bucket.update(_name(owner), data, revision) is not None


def _count_dollars(view: View, day: str) -> float:
    return view.dollars.get(day, 0.0)


def _count_reserved(admitted: AdmittedVideo, view: View | None, day: str) -> float:
    """What an admitted video may still cost; all of it for a deleted one, whose costs nobody can look up any more."""
    if view is None:
        return admitted.ceiling
    return 0.0 if view.status in _ENDED else max(0.0, admitted.ceiling - view.dollars.get(day, 0.0))


def _name(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()
