"""What has happened to one scene: its newest events, and what they say about it."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypeVar

import msgspec

from lectern.contracts import events as e
from lectern.contracts.problems import Problem

__all__ = [
    "CODE_SHARE",
    "RENDER_SHARE",
    "VOICE_SHARE",
    "SceneEvents",
    "SceneStatus",
]

SceneStatus: TypeAlias = Literal["waiting", "planned", "narrated", "coded", "rendered", "failed"]

# Shares of a video's work, from measured stage times: rendering is where the time goes.
VOICE_SHARE, CODE_SHARE, RENDER_SHARE = 10, 15, 60

E = TypeVar("E", bound=e.Event)


class SceneEvents(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest event of each type about one scene. Read it through `VideoState.scene`, which hides stale ones."""

    planned: e.ScenePlanned | None = None
    narrated: e.SceneNarrated | None = None
    cued: e.SceneCued | None = None
    coded: e.SceneCoded | None = None
    refused: e.SceneRefused | None = None
    rendered: e.SceneRendered | None = None
    failed: e.SceneFailed | None = None
    delayed: e.SceneDelayed | None = None

    def of_revision(self, revision: int) -> SceneEvents:
        """The same, or a copy without what was made before `revision`."""
        if revision <= 1:
            return self  # there was nothing before; most scenes are never planned again

        def fresh(event: E | None) -> E | None:
            return event if event is not None and event.revision >= revision else None

        return SceneEvents(
            planned=fresh(self.planned),
            narrated=fresh(self.narrated),
            cued=fresh(self.cued),
            coded=fresh(self.coded),
            refused=fresh(self.refused),
            rendered=fresh(self.rendered),
            failed=fresh(self.failed),
            delayed=fresh(self.delayed),
        )

    def failure(self) -> e.SceneFailed | None:
        """The scene's failure, unless the stage that failed has since succeeded (a retried dead letter).

        Once overcome it stays so, or nothing would tell the composer that the scene has failed after all.
        """
        failed = self.failed
        if failed is None:
            return None
        coded = self.coded.version if self.coded else 0
        match failed.stage:
            case "renderer":
                overcome = coded > failed.version or (
                    self.refused is not None and self.refused.version >= failed.version
                )
            case "coder":
                overcome = coded >= failed.version
            case _:
                overcome = bool(self.narrated or self.coded)
        return None if overcome or self.rendered else failed

    def delay(self) -> e.SceneDelayed | None:
        """What a stage waits for, until that stage has answered or given up.

        Times are compared only where a stage works on a scene twice: machines' clocks differ.
        """
        delayed = self.delayed
        if delayed is None or (self.failed is not None and self.failed.at >= delayed.at):
            return None
        refused = self.refusal()
        match delayed.stage:
            case "voice":
                return None if self.narrated or self.coded or self.rendered else delayed
            case "coder" if refused:
                return delayed if delayed.at >= refused.at else None
            case "coder":
                return None if self.coded or self.rendered else delayed
            case "renderer":
                begun = self.coded if self.coded and self.coded.version > 1 else None
                before = begun is not None and delayed.at < begun.at
                return None if refused or self.rendered or before else delayed
            case _:
                return delayed

    def refusal(self) -> e.SceneRefused | None:
        """The refusal of the scene's newest code, while it is written again."""
        refused, coded = self.refused, self.coded
        if self.rendered or refused is None or (coded and e.version_of(coded) > e.version_of(refused)):
            return None
        return refused

    def status(self) -> SceneStatus:
        """The scene's progress in one word."""
        if self.rendered:
            return "rendered"
        if self.failure():
            return "failed"
        if self.coded and not self.refusal():
            return "coded"
        if self.narrated:
            return "narrated"
        return "planned" if self.planned else "waiting"

    def narration(self) -> e.NarrationRef | None:
        """The scene's narration, once it has one."""
        narrated = self.rendered or self.coded or self.narrated
        return narrated.narration if narrated else None

    def salt(self) -> str:
        """What sets the scene's cache keys apart from those of others with the same inputs; "" where nothing does."""
        made = (self.rendered, self.coded, self.narrated, self.planned)
        return next((event.salt for event in made if event and event.salt), "")

    def code(self) -> e.CodeRef | None:
        """The scene's code, once it has one."""
        latest = self.rendered or self.coded
        return latest.code if latest else None

    def degradation(self) -> Problem | None:
        """The reason why the scene is only a template, if it is."""
        latest = self.rendered or self.coded
        return latest.degraded if latest else None

    def share(self) -> float:
        """The share of the scene's work that is done, 0 to 1."""
        done = (
            VOICE_SHARE * bool(self.narrated or self.coded or self.rendered)
            + CODE_SHARE * bool((self.coded and not self.refusal()) or self.rendered)
            + RENDER_SHARE * bool(self.rendered or self.failure())
        )
        return min(1.0, done / (VOICE_SHARE + CODE_SHARE + RENDER_SHARE))

    def is_settled(self) -> bool:
        """True once the scene has code, or footage, or will have neither in this revision."""
        return self.coded is not None or self.rendered is not None or self.failure() is not None

    def is_code_settled(self, event: e.SceneEvent) -> bool:
        """True if nothing is left to do about the version of the scene's code that an event is about, or asks for.

        It is there, was refused, the scene has got another version since, or has its footage.
        """
        match event:
            case e.SceneNarrated() | e.SceneCued():
                return self.coded is not None or self.rendered is not None
            case e.SceneCoded():
                refused = self.refused is not None and self.refused.version >= event.version
                return refused or (self.coded is not None and self.coded.version > event.version)
            case e.SceneRefused():
                newer = self.coded is not None and self.coded.version > event.version
                return newer or self.rendered is not None
        return False
