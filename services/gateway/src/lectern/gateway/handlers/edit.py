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

    Only the scenes that differ are made again, those that go on with their things or use a cast that changed, and
    those that show or say what the script tells around them. A script that waits for approval goes on waiting. `etag`
    and `revision` are the revision that the editor saw, as If-Match and as the body gave it. Raises a 412 or 409 for an
    older one.
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
    followed = follow_changes(log, after, _list_changed(before, after), recast=before.cast != after.cast)
    changed = sorted({*followed, *_list_retold(before, after, cards=event.options.cards)})
    first = log.state.scene(1).rendered
    if not changed and first is not None:  # scene 1 stays as it is, and the rest is joined to it
        return ScriptChange(event=start_revision(log, edited, [1], chosen=(e.name_take(first),)), script=after)
    return ScriptChange(event=start_revision(log, edited, changed, resumed=() if changed else [1]), script=after)


def _list_changed(before: Script, after: Script) -> list[int]:
    """Numbers of the scenes that are other ones now, or in another language."""
    return [
        number
        for number in range(1, len(after.scenes) + 1)
        if before.language != after.language
        or number > len(before.scenes)
        or before.scene(number) != after.scene(number)
    ]


def _list_retold(before: Script, after: Script, *, cards: bool) -> list[int]:
    """Numbers of the scenes of both scripts that are the same, and are seen with other cards or said in another way."""
    return [
        number
        for number in range(1, min(len(before.scenes), len(after.scenes)) + 1)
        if _tell_around(before, number, cards=cards) != _tell_around(after, number, cards=cards)
    ]


def _tell_around(script: Script, number: int, *, cards: bool) -> tuple[object, ...]:
    """What scene `number` shows and says of the script around it: its cards, its heading, and how words are said."""
    scene = script.scene(number)
    said = " ".join(beat.spoken_text() for beat in scene.beats)
    return (
        script.opening if cards and number == 1 else "",
        (script.closing, script.sources) if cards and script.closes_with(number) else (),
        script.title if not scene.title else "",
        {written: spoken for written, spoken in script.pronunciations.items() if written in said},
    )
