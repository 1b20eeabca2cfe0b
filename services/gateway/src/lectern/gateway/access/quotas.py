"""Quotas of an owner: who is let in is written down by compare-and-set; what was used is read from the views."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
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


class AdmittedVideo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A video that was let in, and the dollars it may cost on this day.

    `new` is false for one of an earlier day on which work began again; that was after sequence `revived_after`.
    """

    video_id: str
    at: datetime
    ceiling: float = 0.0
    new: bool = True
    revived_after: int = 0


class AdmittedVideos(msgspec.Struct, frozen=True, kw_only=True):
    """The videos of one owner that were let in, or made again, on one day (UTC)."""

    day: date
    videos: tuple[AdmittedVideo, ...] = ()


class WantedVideo(NamedTuple):
    """A new video, and the dollars that its request lets it cost (None: any)."""

    video_id: str
    ceiling: float | None


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

    async def admit(self, principal: Principal, wanted: Sequence[WantedVideo]) -> list[float | None]:
        """Let new videos in, all or none; returns the dollars each may cost (None: any). Repeatable for the same ones.

        Raises a 429 that names the quota, and when it frees.
        """
        limits = self.find_limits(principal)
        if limits == Quotas():
            return [each.ceiling for each in wanted]
        while True:
            revision, ledger = await self._read(principal.owner)
            known = {each.video_id: each for each in ledger.videos}
            added: dict[str, AdmittedVideo] = {}
            for each in wanted:
                if each.video_id in known:
                    continue
                so_far = AdmittedVideos(day=ledger.day, videos=(*ledger.videos, *added.values()))
                use = self._count(principal.owner, so_far)
                if refusal := self._find_excess(limits, use, ledger.day):
                    raise refusal
                ceiling = _find_ceiling(limits, use, each.ceiling)
                added[each.video_id] = AdmittedVideo(video_id=each.video_id, at=self._clock(), ceiling=ceiling or 0.0)
            if not added or await self._write(principal.owner, revision, ledger, (*ledger.videos, *added.values())):
                admitted = {**known, **added}
                return [admitted[each.video_id].ceiling or each.ceiling for each in wanted]

    async def admit_again(
        self, principal: Principal, video_id: str, *, last: int, spent: float, ceiling: float | None
    ) -> float | None:
        """Let work on an ended video begin again; returns the dollars it may cost in all (None: any). Repeatable.

        `last` is the sequence of its newest event, `spent` what it has cost so far. It counts among the videos at
        once, the minutes and the dollars, and not among the new videos of the day. Raises a 429 as `admit` does.
        """
        limits = msgspec.structs.replace(self.find_limits(principal), videos_per_day=None)
        if limits == Quotas():
            return ceiling
        while True:
            revision, ledger = await self._read(principal.owner)
            others = tuple(each for each in ledger.videos if each.video_id != video_id)
            known = next((each for each in ledger.videos if each.video_id == video_id), None)
            use = self._count(principal.owner, AdmittedVideos(day=ledger.day, videos=others))
            if refusal := self._find_excess(limits, use, ledger.day):
                raise refusal
            more = _find_ceiling(limits, use, None if ceiling is None else max(0.0, ceiling - spent))
            view = self._views.get(video_id)
            today = _count_dollars(view, ledger.day.isoformat()) if view else 0.0
            again = AdmittedVideo(
                video_id=video_id,
                at=self._clock(),
                ceiling=today + more if more is not None else 0.0,
                new=known is not None and known.new,
                revived_after=last,
            )
            if await self._write(principal.owner, revision, ledger, (*others, again)):
                return ceiling if more is None else spent + more

    async def check_more_work(self, principal: Principal) -> None:
        """Raise a 429 when an owner may not spend more on a video in the making: minutes or dollars are used up."""
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
        coming = {name for name, each in admitted.items() if self._is_coming(each)}
        active |= coming
        dollars = sum(_count_dollars(view, day) for view in views.values())
        dollars += sum(
            _count_reserved(each, views.get(name), day, coming=name in coming) for name, each in admitted.items()
        )
        minutes = sum(view.seconds for view in views.values() if view.completed_on.startswith(month)) / 60
        new = sum(each.new for each in ledger.videos)
        return OwnerUse(new, len(active), round(minutes, 3), round(dollars, 6))

    def _is_coming(self, admitted: AdmittedVideo) -> bool:
        """True while the view does not show yet that work has begun, or begun again."""
        view = self._views.get(admitted.video_id)
        stale = view is None or (view.status != DELETED and view.seq <= admitted.revived_after)
        return stale and self._clock() - admitted.at < UNSEEN

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
        return await self._bucket.put(_name(owner), data, revision) is not None


def _count_dollars(view: View, day: str) -> float:
    return view.dollars.get(day, 0.0)


def _count_reserved(admitted: AdmittedVideo, view: View | None, day: str, *, coming: bool) -> float:
    """What an admitted video may still cost; all of it for a deleted one, whose costs nobody can look up any more."""
    if view is None:
        return admitted.ceiling
    if view.status in _ENDED and not coming:
        return 0.0
    return max(0.0, admitted.ceiling - view.dollars.get(day, 0.0))


def _find_ceiling(limits: Quotas, use: OwnerUse, wanted: float | None) -> float | None:
    """The dollars that a video may cost from now on: what it asks for, as far as the day's dollars last."""
    if not limits.dollars_per_day:
        return wanted
    left = limits.dollars_per_day - use.dollars_today
    return min(left, wanted if wanted is not None else limits.dollars_per_day / CEILING_PART)


def _name(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()
