"""What must be true at the end of a run, whatever struck: each check returns a line for whatever is not."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from api_client import probe_decoded
from nats.aio.client import Client

from chaos.films import Audience, Film
from chaos.process_tree import ProcessTree
from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.log import VideoLog
from lectern.contracts.topology import DEAD, ERASER, consumers
from lectern.worker import ObjectStore

OUTCOMES = (e.VideoCompleted, e.VideoFailed, e.VideoCancelled)
QUIET_SECONDS = 150.0  # a lost delivery comes again after 30, work that waits for an outage within 160


def find_wrong_outcomes(film: Film, video: str, log: VideoLog) -> Iterator[str]:
    """A film has exactly one outcome, and the one that its user brought about or may expect."""
    if log.is_deleted:
        if film.ending != "delete":
            yield f"film {film.number} ({video}) is deleted, which nobody asked for"
        left = [e.name_type(event) for _, event in log if not isinstance(event, e.VideoDeleted)]
        if left:
            yield f"film {film.number} ({video}) is deleted, and its log still has {left}"
        return
    ended = [event for _, event in log if isinstance(event, OUTCOMES)]
    if len(ended) != 1:
        yield f"film {film.number} ({video}) has {len(ended)} outcomes: {[e.message_id(event) for event in ended]}"
        return
    [outcome] = ended
    if film.ending == "delete":
        yield f"film {film.number} ({video}) was to be deleted, and is {e.name_type(outcome)}"
    if isinstance(outcome, e.VideoCancelled) and film.ending != "cancel":
        yield f"film {film.number} ({video}) is cancelled, which nobody asked for"
    if isinstance(outcome, e.VideoFailed):
        yield f"film {film.number} ({video}) failed: {outcome.problem.sentence()}"
    for number, scene in log.state.scenes().items():
        if scene.coded and scene.coded.degraded:
            yield f"film {film.number} ({video}), scene {number} is degraded: {scene.coded.degraded.sentence()}"


def find_wrong_film(path: Path, log: VideoLog) -> Iterator[str]:
    """A finished film plays to its end, and is as long as its narration, in pictures and in sound."""
    completed = log.state.completed
    assert completed is not None
    streams = {stream["codec_type"]: stream for stream in probe_decoded(path)["streams"]}
    frames, seconds = int(streams["video"]["nb_read_frames"]), float(streams["audio"]["duration"])
    fps = _fps(streams["video"])
    narrated = sum(scene.narrated.narration.seconds for scene in log.state.scenes().values() if scene.narrated)
    if frames != completed.frames:
        yield f"{path.name}: {frames} frames can be decoded, {completed.frames} were promised"
    if frames != round(narrated * fps):
        yield f"{path.name}: {frames} frames at {fps} a second, for {narrated:.3f} s of narration"
    if abs(seconds - frames / fps) > 1 / fps:
        yield f"{path.name}: the sound lasts {seconds:.3f} s, the picture {frames / fps:.3f} s"


def _fps(stream: Mapping[str, Any]) -> float:
    rate, _, per = str(stream["r_frame_rate"]).partition("/")
    return int(rate) / int(per or 1)


async def find_orphans(store: ObjectStore, logs: Mapping[str, VideoLog]) -> list[str]:
    """Every object is in the cache or an asset, or belongs to a video; that of a finished one is named in its log."""
    found = []
    for key in await store.list_keys("videos/"):
        video = key.split("/")[1]
        log = logs.get(video)
        if log is None:
            found.append(f"{key} belongs to no video")
        elif log.is_deleted:
            found.append(f"{key} belongs to a deleted video")
        elif log.state.completed and key not in _find_keys(log):
            found.append(f"{key} is named nowhere in the log of its finished video")
    others = [key for key in await store.list_keys("") if key.split("/")[0] not in ("videos", "cache", "assets")]
    return found + [f"{key} is in no known place" for key in others]


def _find_keys(log: VideoLog) -> set[str]:
    text = {str(part) for _, event in log for part in _find_strings(msgspec.to_builtins(event))}
    return text | {keys.script_markdown(part) for part in text if part.endswith(".json")}


def _find_strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _find_strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _find_strings(each)


async def find_unsettled(nats: Client, seconds: float = QUIET_SECONDS) -> list[str]:
    """Once work has ended no consumer has anything pending, no message comes again, and no dead letter is left."""
    deadline = time.monotonic() + seconds
    while (found := await _find_pending(nats)) and time.monotonic() < deadline:
        await asyncio.sleep(1)
    before = await _count_redelivered(nats)
    await asyncio.sleep(2)
    again = await _count_redelivered(nats) - before
    found += [f"{name} was delivered {count} times more after all had ended" for name, count in again.items()]
    dead = (await nats.jetstream(timeout=5).stream_info(DEAD)).state.messages
    return found + [f"{dead} dead letters"] * bool(dead)


async def _find_pending(nats: Client) -> list[str]:
    found = []
    for consumer in consumers():
        info = await nats.jetstream(timeout=5).consumer_info(consumer.stream, consumer.name)
        again = info.num_ack_pending if consumer.name != ERASER else 0  # it looks again after a quarter of an hour
        if info.num_pending or again:
            found.append(f"{consumer.name}: {info.num_pending} wait, {info.num_ack_pending} are not acknowledged")
    return found


async def _count_redelivered(nats: Client) -> Counter[str]:
    js = nats.jetstream(timeout=5)
    infos = [await js.consumer_info(consumer.stream, consumer.name) for consumer in consumers()]
    return Counter({info.name: info.delivered.consumer_seq if info.delivered else 0 for info in infos})


def find_scratch(folder: Path) -> list[str]:
    """What is left of the workers' temporary files, other than folders in which there is nothing."""
    return [f"left in the scratch folder: {path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()]


def find_processes(before: frozenset[int], parent: int) -> list[str]:
    """What runs below a process that was not there before."""
    found = []
    for pid in set(ProcessTree.read().list_below(parent)) - before:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        found.append(f"process {pid} is left: {command[:200]}")
    return found


async def find_lost_requests(audience: Audience, asked: int, videos: list[str]) -> list[str]:
    """Each request made one video, and lists show each that is not deleted."""
    found = [f"{asked} requests made {len(set(videos))} videos"] if len(set(videos)) != asked else []
    listed: set[str] = set()
    after: str | None = None
    while True:
        page = (await audience.get("/v1/videos", limit=100, **({"after": after} if after else {}))).json()
        listed |= {video["id"] for video in page["data"]}
        after = page["next_cursor"]
        if not after:
            break
    strangers = listed - set(videos)
    return found + [f"the list shows {sorted(strangers)}, which nobody has the answer of"] * bool(strangers)
