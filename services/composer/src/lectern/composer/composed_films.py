"""Films that were composed before: found again by what they were made from, and copied within the store.

Each video owns its files, so a film that was found is a copy: it stays when the video it was found in is deleted or
expires. What is kept beside is a note of where such a film lies. One that leads nowhere any more is no hit.
"""

from __future__ import annotations

import msgspec

from lectern.composer.fan_in import ScenesReady
from lectern.contracts import keys
from lectern.contracts.events import Output
from lectern.contracts.script import Script
from lectern.worker import Missing, ObjectStore, Transient, Unavailable, map_concurrently

COMPOSER_VERSION = 1  # part of every film's key: raise it when the same scenes would be joined differently


class ComposedVideo(msgspec.Struct, frozen=True, kw_only=True):
    """A finished and stored video.

    `seconds` is its length, `drift` the difference in seconds of its audio and video tracks, `loudness` in LUFS: None
    for silence. `missing_letters` are those of burned-in captions that no font has.
    """

    seconds: float
    frames: int
    drift: float
    loudness: float | None
    outputs: tuple[Output, ...]
    missing_letters: str = ""


def build_film_key(ready: ScenesReady, script: Script, *, audio_bitrate: str) -> str:
    """Builds the key of the note about a film: a hash of all that its files follow from, and `COMPOSER_VERSION`.

    The keys of footage, narrations and uploads are themselves hashes of content.
    """
    scenes = [
        (scene.scene, msgspec.structs.replace(scene.footage, cached=False, cpu_seconds=0.0), scene.narration)
        for scene in ready.scenes
    ]
    digest = keys.digest(script, scenes, ready.options, ready.notes, audio_bitrate, COMPOSER_VERSION)
    return keys.cache("film", digest, "json")


async def find_film(
    store: ObjectStore, key: str, video_id: str, revision: int, *, transfers: int
) -> ComposedVideo | None:
    """Gives a video its own copy of the film that `key` notes, `transfers` files at once; None when there is none.

    Raises Unavailable when the store is.
    """
    try:
        film = await store.get_json(key, ComposedVideo)
        found = await map_concurrently(lambda output: store.head(output.key), film.outputs, limit=transfers)
        if [info.size if info else None for info in found] != [output.bytes for output in film.outputs]:
            return None
        outputs = await map_concurrently(
            lambda output: _copy_output(store, output, video_id, revision), film.outputs, limit=transfers
        )
    except Unavailable:
        raise
    except (Missing, Transient, msgspec.ValidationError):  # expired or deleted meanwhile, or of another version
        return None
    return msgspec.structs.replace(film, outputs=tuple(outputs))


async def _copy_output(store: ObjectStore, output: Output, video_id: str, revision: int) -> Output:
    key = keys.output(video_id, revision, output.key.rpartition("/")[2])
    if key != output.key:
        await store.copy(output.key, key)
    return msgspec.structs.replace(output, key=key)


async def note_film(store: ObjectStore, key: str, film: ComposedVideo) -> None:
    """Notes where a film lies, for whoever asks for the same one."""
    await store.put_json(key, film)
