"""Verification of footage before it is joined, and of the video before anyone sees it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from lectern.composer.timeline import VideoTimeline
from lectern.contracts.problems import Problem
from lectern.contracts.quality import AUDIO_RATE
from lectern.media import FootageRefused, MediaFile, MediaTrack, check_footage
from lectern.worker import Permanent


class BadVideo(Exception):
    """The joined file is not what was asked for. The delivery is retried: a damaged copy is the likeliest cause."""


# Tracks that differ in any of these cannot be joined without encoding them again.
_ENCODING_FIELDS = (
    "codec",
    "profile",
    "width",
    "height",
    "pix_fmt",
    "r_frame_rate",
    "time_base",
    "color_space",
    "color_primaries",
    "color_transfer",
    "color_range",
    "extradata_hash",
)


def verify_footage(number: int, media: MediaFile, *, frames: int, fps: int, samples: int) -> MediaTrack:
    """Returns the scene's one video track. Raises Permanent if it is not the footage that its event promised.

    `samples` is the narration's length at 48 kHz: a scene's footage and narration differ by at most one frame.
    """
    tracks = media.tracks("video")
    if len(tracks) != 1 or media.tracks("audio"):
        raise reject_footage(
            number, f"has {len(tracks)} video and {len(media.tracks('audio'))} audio tracks, not one video track"
        )
    track = tracks[0]
    if Fraction(track.r_frame_rate) != fps:
        raise reject_footage(number, f"runs at {track.r_frame_rate} frames a second, not {fps}")
    if track.frames != frames:
        raise reject_footage(number, f"has {track.frames} frames, not {frames}")
    if abs(frames * AUDIO_RATE - samples * fps) > AUDIO_RATE:
        raise reject_footage(number, f"lasts {frames / fps:.3f} s, its narration {samples / AUDIO_RATE:.3f} s")
    return track


def check_boxes(path: Path) -> None:
    """Raises FootageRefused unless a file is made as our own writer makes footage."""
    with path.open("rb") as file:
        check_footage(file)


def check_footage_file(path: Path) -> None:
    """Raises Permanent unless a file is made as our own writer makes footage."""
    try:
        check_boxes(path)
    except FootageRefused as error:
        raise Permanent(
            Problem(
                code="footage-unfit",
                title="A scene's footage cannot be used",
                detail=f"The scene's footage was refused: {error}.",
                remedy="Redo the scene.",
                retryable=True,
            )
        ) from error


def verify_same_encoding(tracks: Sequence[tuple[int, MediaTrack]]) -> None:
    """Raises Permanent for the first scene whose footage is encoded differently from the first one's.

    `tracks` are scene numbers with their video tracks.
    """
    first_number, first = tracks[0]
    for number, track in tracks[1:]:
        if difference := find_difference(first, track, whose=f"scene {first_number}'s"):
            raise reject_footage(number, difference)


def find_difference(first: MediaTrack, track: MediaTrack, *, whose: str = "the scene's") -> str:
    """Finds why a track cannot be joined to another without encoding both again; "" when it can."""
    for field in _ENCODING_FIELDS:
        expected, found = getattr(first, field), getattr(track, field)
        if expected != found:
            return f"has {field.replace('_', ' ')} {found or 'unset'}, {whose} has {expected or 'unset'}"
    return ""


def verify_video(media: MediaFile, timeline: VideoTimeline, *, captions: bool, chapters: int) -> float:
    """Returns the difference in length of the audio and video tracks, in seconds.

    Raises BadVideo unless the file has every frame, sound as long as the picture, its captions and its chapters.
    """
    found = {kind: len(media.tracks(kind)) for kind in ("video", "audio", "subtitle")}
    expected = {"video": 1, "audio": 1, "subtitle": int(captions)}
    if found != expected:
        raise BadVideo(f"the joined video has tracks {found}, not {expected}")
    video, audio = media.tracks("video")[0], media.tracks("audio")[0]
    if video.frames != timeline.frames:
        raise BadVideo(f"the joined video has {video.frames} frames, not {timeline.frames}")
    if (audio.codec, audio.sample_rate, audio.channels) != ("aac", "48000", 2):
        raise BadVideo(f"the joined video's sound is {audio.codec} {audio.sample_rate} Hz, {audio.channels} channels")
    for track in (video, audio):
        off_length = abs(track.seconds - timeline.seconds) * timeline.fps > 1
        off_start = abs(float(track.start_time)) * timeline.fps > 1
        if off_length or off_start:
            raise BadVideo(
                f"the joined video's {track.kind} track starts at {track.start_time} s and lasts {track.seconds} s, "
                f"not {timeline.seconds:.3f} s"
            )
    if len(media.chapters) != chapters:
        raise BadVideo(f"the joined video has {len(media.chapters)} chapters, not {chapters}")
    return abs(video.seconds - audio.seconds)


def reject_footage(number: int, fault: str) -> Permanent:
    """Returns the failure of a scene whose footage has a fault, with what to do about it."""
    return Permanent(
        Problem(
            code="footage-unfit",
            title="A scene's footage cannot be used",
            detail=f"The footage of scene {number} {fault}.",
            remedy=f"Redo scene {number}.",
            scene=number,
            retryable=True,
        )
    )
