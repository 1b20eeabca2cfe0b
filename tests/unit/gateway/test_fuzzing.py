"""The API answers as its OpenAPI says, whatever is sent: schemathesis, with all of its checks."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest
from unit.gateway.gateways import gateway_on_a_port
from unit.gateway.images import make_png
from unit.gateway.keyed import add_key
from unit.gateway.published_video import PublishedVideo

from lectern.cli.runner.servers import find_program
from lectern.contracts import keys
from lectern.contracts.api_keys import SCOPES
from lectern.contracts.requests import (
    CHECK_SCENE,
    LIST_VOICES,
    MAKE_FILE,
    CheckScene,
    FileMade,
    ListVoices,
    MakeFile,
    SceneVerdict,
    VoiceList,
    VoiceOffer,
)
from lectern.scripter.reading.reader import LessonReader
from lectern.scripter.requests import build_responders
from lectern.worker import Responder
from lectern.worker.testing import memory_connections

OWNER = "ann"
# What can be followed and read, and whether a word is a language, is beyond a schema: a script is refused for more.
CONFIGURATION = """
[[operations]]
include-name = "PUT /v1/videos/{video_id}/script"
checks.positive_data_acceptance.enabled = false

[[operations]]
include-name = "POST /v1/videos/estimate"
checks.positive_data_acceptance.enabled = false

# Whether a host is public, no pattern says.
[[operations]]
include-name = "POST /v1/webhooks"
checks.positive_data_acceptance.enabled = false

[[operations]]
include-name = "PATCH /v1/webhooks/{webhook_id}"
checks.positive_data_acceptance.enabled = false

# The published video is an entry in a log: its scenes' words are in no store.
[[operations]]
include-path = "/v1/videos/{video_id}/contact-sheet"
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]

# Each request of a batch is accepted or refused by itself, so the schema says little about them.
[[operations]]
include-name = "POST /v1/batches"
checks.positive_data_acceptance.enabled = false
"""
NO_RATES = dict.fromkeys(("rate_reads", "rate_writes", "rate_sends", "rate_sessions", "rate_shared"), 0)
PNG, TRACK = make_png(), b"fLaC" + bytes(60)


async def list_voices(_: ListVoices) -> VoiceList:
    return VoiceList(voices=(VoiceOffer(id="a", language="en", gender="", engine="espeak", timing="exact"),))


async def pass_code(message: CheckScene) -> SceneVerdict:
    return SceneVerdict(ok=True)


async def make_file(message: MakeFile) -> FileMade:
    return FileMade(key=keys.asset("0" * 64, OWNER), bytes=len(TRACK))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("phases", "examples"),
    [("examples,coverage", 3), pytest.param("fuzzing", 10, marks=pytest.mark.long), ("stateful", 3)],
)
async def test_every_answer_is_as_published_whatever_is_sent(tmp_path: Path, phases: str, examples: int) -> None:
    """The stateful phase follows the links of what was made: create, look, change, redo, delete."""
    connections = memory_connections()
    voices = Responder(request=LIST_VOICES, handler=list_voices, failed=lambda _: VoiceList(voices=()))
    checking = Responder(request=CHECK_SCENE, handler=pass_code, failed=lambda _: SceneVerdict(ok=False))
    making = Responder(request=MAKE_FILE, handler=make_file, failed=lambda _: FileMade())
    parsing, rendering = build_responders(LessonReader())
    async with (
        connections.bus.answering(voices),
        connections.bus.answering(checking),
        connections.bus.answering(making),
        connections.bus.answering(parsing),
        connections.bus.answering(rendering),
        gateway_on_a_port(connections, stream_seconds=0.2, wait_limit=0.1, require_keys=True, **NO_RATES) as gateway,
    ):
        _, key = await add_key(gateway.deps, OWNER, scopes=SCOPES)
        gateway.http.headers.update(key)
        video = PublishedVideo(connections, owner=OWNER)
        await video.finish()
        image = await gateway.http.post("/v1/assets", content=PNG, headers={"Content-Type": "image/png"})
        await connections.store.put(keys.asset("0" * 64, OWNER), TRACK, "application/x-any")  # the id that it makes up
        track = await gateway.http.post("/v1/assets", content=TRACK, headers={"Content-Type": "audio/flac"})
        env = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parent),
            "SCHEMATHESIS_HOOKS": "fuzzing_hooks",
            "FUZZED_VIDEO": video.video_id,
            "FUZZED_ASSET": image.json()["id"],
            "FUZZED_TRACK": track.json()["id"],
        }
        (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
        argv = [
            find_program("schemathesis"),
            "run",
            f"{gateway.url}/openapi.json",
        ]
        argv += ["--header", f"Authorization: {key['Authorization']}"]
        argv += ["--phases", phases, "--max-examples", str(examples), "--seed", "1", "--no-color"]
        process = await asyncio.create_subprocess_exec(
            *argv, env=env, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()[-20_000:]
        counts = re.search(r"Selected: (\d+)/\d+\s+Tested: (\d+)", output.decode())
    assert counts, output.decode()[-5000:]
    if phases != "stateful":  # which reaches what links lead to
        assert counts[1] == counts[2]
