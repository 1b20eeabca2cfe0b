"""Requests between services: golden files keep every message and reply readable, subjects never clash."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from unit.contracts.logs import OPTIONS, PROBLEM

from lectern.contracts import requests as r
from lectern.contracts import script as s
from lectern.contracts.derived_files import SceneVideo

GOLDEN = Path(__file__).parent / "golden" / "requests"
SCRIPT = s.Script(title="Tides", scenes=(s.Scene(title="The Moon", beats=(s.Beat(text="It pulls."),)),))
FINDING = r.Finding(rule="beat-missing", level="error", message="one beat too few", beat=2, line=7)
SAMPLES: tuple[msgspec.Struct, ...] = (
    r.ParseMarkdown(markdown="# Tides\n"),
    r.ParsedMarkdown(script=SCRIPT),
    r.RenderMarkdown(script=SCRIPT),
    r.RenderedMarkdown(problem=PROBLEM),
    r.ListVoices(wanted="en-GB"),
    r.VoiceList(
        voices=(r.VoiceOffer(id="espeak/en-gb", language="en-GB", gender="male", engine="espeak", timing="exact"),),
        chosen="espeak/en-gb",
    ),
    r.CheckScene(code_key="c.py", narration_key="n.json", options=OPTIONS, assets={"moon.png": "assets/1"}),
    r.SceneVerdict(
        ok=False,
        findings=(FINDING,),
        error=r.SceneException(type="NameError", message="name 'x' is not defined", line=7, code="x()"),
        killed="cpu",
        reason="it used 18 s of CPU",
        seconds=18.2,
    ),
    r.DrawStills(code_key="c.py", narration_key="n.json", options=OPTIONS, at=(0.5, 2.0)),
    r.Stills(ok=True, keys=("cache/stills/1.jpg",)),
    r.MakeFile(
        file=SceneVideo(footage_key="f.mp4", audio_key="a.flac", frames=135, fps=30, language="de"),
        video_id="v",
        owner="ada",
    ),
    r.FileMade(key="cache/scene-video/1.mp4", bytes=1234),
    r.DescribeCoder(),
    r.CoderAbilities(follows_directions=True),
    r.WorkerSign(stage="renderer", worker="a1", slots=2, busy=1),
    r.Progress(
        video_id="v", stage="renderer", doing="rendering", done=3, of=60, scene=2, revision=2, facts={"frames": 3}
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_every_message_ever_sent_is_still_read(sample: msgspec.Struct) -> None:
    """During a rolling upgrade old and new services ask each other: change a golden file only by adding to it."""
    golden = GOLDEN / f"{type(sample).__name__}.json"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(msgspec.json.format(msgspec.json.encode(sample)) + b"\n")
        pytest.fail(f"{golden.name} was missing and has been written: look at it and commit it")
    assert msgspec.json.decode(golden.read_bytes(), type=type(sample)) == sample


def test_every_message_and_reply_has_a_sample() -> None:
    types = {kind for request in r.REQUESTS for kind in (request.message, request.reply)}
    assert {type(sample) for sample in SAMPLES} == types | {r.Progress, r.WorkerSign}


def test_every_request_is_listed() -> None:
    declared = {name for name, value in vars(r).items() if isinstance(value, r.Request)}
    assert len(r.REQUESTS) == len(declared), f"REQUESTS lists {len(r.REQUESTS)} of {sorted(declared)}"


def test_no_two_requests_share_a_subject() -> None:
    assert len({request.subject for request in r.REQUESTS}) == len(r.REQUESTS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_a_field_of_a_later_version_is_ignored(sample: msgspec.Struct) -> None:
    later = {**msgspec.json.decode(msgspec.json.encode(sample)), "added_later": 1}
    assert msgspec.json.decode(msgspec.json.encode(later), type=type(sample)) == sample
