"""Who waits in a stage, in order: built once for all who ask for their place."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from lectern.gateway.outlook.forecast import WaitingVideo

Place: TypeAlias = tuple[bool, datetime]  # bulk comes after fast, and within a lane who came later


class WaitingLine:
    """The places of all videos that have work in a stage."""

    def __init__(self, videos: Iterable[WaitingVideo], stage: str) -> None:
        self._places: dict[str, Place] = {}
        self._by_party: defaultdict[str, list[Place]] = defaultdict(list)
        for video in videos:
            left = video.work.stages.get(stage)
            if left is not None and left.since is not None:
                place = (video.work.lane != "fast", left.since)
                self._places[video.video_id] = place
                self._by_party[video.party].append(place)
        for places in self._by_party.values():
            places.sort()
        self._first = sorted(places[0] for places in self._by_party.values())

    def count_ahead(self, video: WaitingVideo, place: Place) -> int:
        """Videos before a place: the party's own, and one of each other party, as they take turns.

        The video's own place counts for nothing: it may have had an earlier one when the line was built.
        """
        own = bisect.bisect_left(self._by_party.get(video.party, []), place)
        others = bisect.bisect_left(self._first, place) - (own > 0)
        known = self._places.get(video.video_id)
        return own - (known is not None and known < place) + others
