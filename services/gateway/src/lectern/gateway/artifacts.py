"""Everything of a video that can be downloaded: what each file is, where it lies and what it is called."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.derived_files import AnyDerivedFile, NarrationCopy, derived_key
from lectern.contracts.log import VideoLog
from lectern.contracts.state import SceneEvents
from lectern.gateway.derived import describe_scene_video, describe_still
from lectern.gateway.mapping import video_path
from lectern.language.slugs import slug

OUTPUT_NAMES = {
    "captions_vtt": "captions.vtt",
    "captions_srt": "captions.srt",
    "captions_ass": "captions.ass",
    "chapters_vtt": "chapters.vtt",
    "transcript": "transcript.txt",
    "transcript_json": "transcript.json",
    "thumbnail": "thumbnail.jpg",
    "video": "video.mp4",
}


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """A file to download. `name` is its path in the archive.

    It is the object under `key`; `derived` says from what that is made if it is not there yet. Without a key it is
    written from what the video has: the words of a scene, the script as Markdown, the contact sheet.
    """

    kind: str
    name: str
    url: str
    media_type: str
    scene: int | None = None
    key: str = ""
    derived: AnyDerivedFile | None = None
    bytes: int | None = None


def list_artifacts(log: VideoLog) -> list[Artifact]:
    """Every file that a video has now: the finished ones, those of its scenes, and its script."""
    path = video_path(log.video_id)
    state = log.state
    found = [_describe_output(output, path) for output in (state.completed.outputs if state.completed else ())]
    script = state.script()
    if script is None:
        return found
    found += [
        Artifact(
            kind="script",
            name="script.json",
            url=f"{path}/script",
            media_type="application/json",
            key=script.script_key,
        ),
        Artifact(
            kind="script_markdown",
            name="script.md",
            url=f"{path}/script?format=markdown",
            media_type="text/markdown",
            key=keys.script_markdown(script.script_key),
        ),
    ]
    for number, facts in state.scenes().items():
        found += _describe_scene(number, script.scenes[number - 1].title, facts, f"{path}/scenes/{number}")
    if any(facts.rendered for facts in state.scenes().values()):
        url, media_type = f"{path}/contact-sheet", "image/jpeg"
        found.append(Artifact(kind="contact_sheet", name="contact-sheet.jpg", url=url, media_type=media_type))
    return found


def _describe_output(output: e.Output, path: str) -> Artifact:
    return Artifact(
        kind=output.kind,
        name=OUTPUT_NAMES.get(output.kind, slug(output.kind, "file")),
        url=f"{path}/content?variant={output.kind}",
        media_type=output.media_type,
        key=output.key,
        bytes=output.bytes,
    )


def _describe_scene(number: int, title: str, facts: SceneEvents, url: str) -> Iterator[Artifact]:
    folder = f"scenes/{number:02d}-{slug(title, 'scene')}"

    def describe(kind: str, name: str, media_type: str, path: str, key: str, **more: AnyDerivedFile) -> Artifact:
        return Artifact(
            kind=kind,
            scene=number,
            name=f"{folder}/{name}",
            url=f"{url}/{path}",
            media_type=media_type,
            key=key,
            derived=more.get("derived"),
        )

    if facts.rendered:
        video, still = describe_scene_video(facts.rendered), describe_still(facts.rendered)
        footage = facts.rendered.footage.key
        yield describe("scene_video", "scene.mp4", "video/mp4", "video", derived_key(video), derived=video)
        yield describe("scene_footage", "footage.mp4", "video/mp4", "footage", footage)
        yield describe("scene_still", "still.jpg", "image/jpeg", "still", derived_key(still), derived=still)
    if narration := facts.narration():
        copy = NarrationCopy(audio_key=narration.audio_key)
        yield describe("scene_narration", "narration.m4a", "audio/mp4", "narration", derived_key(copy), derived=copy)
        flac = "narration?format=flac"
        yield describe("scene_narration_flac", "narration.flac", "audio/flac", flac, narration.audio_key)
        yield describe("scene_words", "words.json", "application/json", "words", "")
    if coded := facts.rendered or facts.coded:
        yield describe("scene_code", "scene.py", "text/x-python", "code", coded.code.key)
