"""Editing a script."""

from __future__ import annotations

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Script
from lectern.gateway.handlers.script_events import (
    ScriptChange,
    check_etag,
    check_revision,
    follow_changes,
    get_script_event,
    refuse_ended_review,
    replace_script,
    review_again,
    start_revision,
)


def edit(
    log: VideoLog,
    before: Script,
    after: Script,
    *,
    leaves_cast: bool = False,
    etag: int | None = None,
    revision: int | None = None,
) -> ScriptChange | None:
    """Replace the script in force with `after`, or with all of it but the cast; None if they are the same.

    Only the scenes that differ are made again, and those that go on with their things, or use a cast that changed. A
    script that waits for approval goes on waiting. `etag` and `revision` are the revision that the editor saw, as
    If-Match and as the body gave it. Raises a 412 or 409 for an older one.
    """
    event = get_script_event(log.state)
    check_etag(event, etag)
    check_revision(event, revision)
    if leaves_cast:
        after = msgspec.structs.replace(after, cast=before.cast)
    if before == after:
        return None
    edited = replace_script(event, after)
    if log.state.awaits_approval():
        refuse_ended_review(log.state)
        return ScriptChange(event=review_again(log, edited), script=after)
    changed = follow_changes(log, after, _changed_scenes(before, after), recast=before.cast != after.cast)
    first = log.state.scene(1).rendered
    if not changed and first is not None:  # scene 1 stays as it is, and the rest is joined to it
        return ScriptChange(event=start_revision(log, edited, [1], chosen=(e.name_take(first),)), script=after)
    return ScriptChange(event=start_revision(log, edited, changed, resumed=() if changed else [1]), script=after)


def _changed_scenes(before: Script, after: Script) -> list[int]:
    """Numbers of the scenes to make again."""
    return [
        number
        for number in range(1, len(after.scenes) + 1)
        if before.language != after.language
        or number > len(before.scenes)
        or before.scene(number) != after.scene(number)
    ]
