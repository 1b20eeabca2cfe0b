"""What must be true of footage before it is joined, and of the video before anyone sees it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lectern.composer.probe import Media, Stream
from lectern.composer.timeline import Timeline
from lectern.contracts.problems import Problem
from lectern.worker import Permanent


class Unsound(Exception):
    """The joined file is not what was asked for. Joining is tried again: the cause is a damaged copy, if anything."""


_ALIKE = (
    "codec",
    "profile",
    "width",
    "height",
    "pix_fmt",
    "r_frame_rate",
    "color_space",
    "color_primaries",
    "color_transfer",
    "color_range",
    "extradata_hash",
)


def check_footage(number: int, media: Media, *, frames: int, fps: int, samples: int) -> Stream:
    """The scene's one video track. Raises Permanent when it is not the footage its event promised.

    `samples` is the narration's length at 48 kHz: picture and narration of a scene differ by at most one frame.
    """
    tracks = media.tracks("video")
    if len(tracks) != 1 or media.tracks("audio"):
        raise _refused(
            number, f"holds {len(tracks)} video and {len(media.tracks('audio'))} audio tracks, not one video"
        )
    track = tracks[0]
    if Fraction(track.r_frame_rate) != fps:
        raise _refused(number, f"runs at {track.r_frame_rate} frames a second, not {fps}")
    if track.frames != frames:
        raise _refused(number, f"has {track.frames} frames, not {frames}")
    if abs(frames * 48_000 - samples * fps) > 48_000:
        raise _refused(number, f"lasts {frames / fps:.3f} s, its narration {samples / 48_000:.3f} s")
    return track


def check_alike(tracks: Sequence[tuple[int, Stream]]) -> None:
    """Raises Permanent for the first scene whose footage is encoded unlike scene 1's: it could not be joined."""
    first_number, first = tracks[0]
    for number, track in tracks[1:]:
        for field in _ALIKE:
            was, now = getattr(first, field), getattr(track, field)
            if was != now:
                name = field.replace("_", " ")
                raise _refused(number, f"has {name} {now or 'unset'}, scene {first_number}'s has {was or 'unset'}")


def check_video(media: Media, timeline: Timeline, *, captions: bool, chapters: int) -> float:
    """By how many seconds sound and picture differ in length.

    Raises Unsound unless the file holds every frame, sound as long as the picture, its captions and chapters.
    """
    found = {kind: len(media.tracks(kind)) for kind in ("video", "audio", "subtitle")}
    wanted = {"video": 1, "audio": 1, "subtitle": int(captions)}
    if found != wanted:
        raise Unsound(f"the joined video has tracks {found}, not {wanted}")
    video, audio = media.tracks("video")[0], media.tracks("audio")[0]
    if video.frames != timeline.frames:
        raise Unsound(f"the joined video has {video.frames} frames, not {timeline.frames}")
    if (audio.codec, audio.sample_rate, audio.channels) != ("aac", "48000", 2):
        raise Unsound(
            f"the joined video's sound is {audio.codec} {audio.sample_rate} Hz with {audio.channels} channels"
        )
    for track in (video, audio):
        if abs(track.seconds - timeline.seconds) * timeline.fps > 1 or abs(float(track.start_time)) * timeline.fps > 1:
            raise Unsound(
                f"the joined video's {track.kind} lasts from {track.start_time} s for {track.seconds} s, "
                f"not {timeline.seconds:.3f} s"
            )
    if len(media.chapters) != chapters:
        raise Unsound(f"the joined video has {len(media.chapters)} chapters, not {chapters}")
    return abs(video.seconds - audio.seconds)


def _refused(number: int, what: str) -> Permanent:
    return Permanent(
        Problem(
            code="footage-unfit",
            title="A scene's footage does not fit",
            detail=f"The footage of scene {number} {what}.",
            remedy=f"Make scene {number} anew.",
            scene=number,
            retryable=True,
        )
    )
