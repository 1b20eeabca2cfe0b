"""A natural voice is fetched whole or not at all: broken connections, wrong sums, full disks and no network included."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from rich.console import Console
from standins.voice_publisher import NAME, VoicePublisher, voice_publisher
from unit.cli.command import invoke_in_thread, invoke_lectern

from lectern.cli.exit_status import FAILED, OK, UNAVAILABLE, USAGE, CommandExit
from lectern.cli.natural_voices import download
from lectern.cli.natural_voices.install import add_voice, has_voices, hint_at_voices, voices_folder

MODEL = os.urandom(300_000)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.0)


async def add(publisher: VoicePublisher, home: Path, name: str = NAME, *, accepted: bool = True) -> str:
    """Adds the voice, and returns what was shown before it was accepted."""
    shown: list[str] = []

    def accept(card: str) -> bool:
        shown.append(card)
        return accepted

    assert await add_voice(name, home, publisher.url, accept, Console(quiet=True)) == OK
    return "\n".join(shown)


def installed(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in voices_folder(home).iterdir() if path.is_file()}


async def test_a_voice_is_installed_with_its_settings_and_its_licence(tmp_path: Path) -> None:
    assert not has_voices(tmp_path)
    async with voice_publisher(VoicePublisher(model=MODEL)) as publisher:
        shown = await add(publisher, tmp_path, f"piper-{NAME}")
        assert "public domain" in shown
    found = installed(tmp_path)
    assert set(found) == {f"{NAME}.onnx", f"{NAME}.onnx.json", f"{NAME}.LICENCE.txt"}
    assert found[f"{NAME}.onnx"] == MODEL
    assert has_voices(tmp_path)
    assert not list((voices_folder(tmp_path) / ".parts").iterdir())


async def test_a_voice_that_is_installed_is_not_fetched_again(tmp_path: Path) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL)) as publisher:
        await add(publisher, tmp_path)
        assert await add(publisher, tmp_path) == ""
        assert publisher.ranges == [""]


async def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL, cut_after=[100_000, 50_000])) as publisher:
        await add(publisher, tmp_path)
        assert installed(tmp_path)[f"{NAME}.onnx"] == MODEL
        starts = [int(wanted.removeprefix("bytes=").removesuffix("-") or 0) for wanted in publisher.ranges]
        assert starts == sorted(set(starts))
        assert len(starts) == 3


async def test_a_server_that_does_not_resume_is_asked_from_the_beginning(tmp_path: Path) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL, cut_after=[100_000], resumes=False)) as publisher:
        await add(publisher, tmp_path)
        assert installed(tmp_path)[f"{NAME}.onnx"] == MODEL


async def test_what_was_fetched_is_kept_when_the_connection_stays_broken_and_used_the_next_time(tmp_path: Path) -> None:
    cuts = [120_000, *[0] * download.ATTEMPTS]
    async with voice_publisher(VoicePublisher(model=MODEL, cut_after=cuts)) as publisher:
        with pytest.raises(CommandExit) as caught:
            await add(publisher, tmp_path)
        assert caught.value.status == UNAVAILABLE
        assert "goes on where it stopped" in caught.value.problem.remedy
        assert not has_voices(tmp_path)
        before = len(publisher.ranges)
        await add(publisher, tmp_path)
        assert publisher.ranges[before] not in ("", "bytes=0-")
    assert installed(tmp_path)[f"{NAME}.onnx"] == MODEL


@pytest.mark.parametrize("sent", [bytes(len(MODEL)), MODEL + b"more"])
async def test_a_model_that_is_not_what_the_catalogue_says_is_removed(tmp_path: Path, sent: bytes) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL, sent_model=sent)) as publisher:
        with pytest.raises(CommandExit) as caught:
            await add(publisher, tmp_path)
        assert (caught.value.status, caught.value.problem.code) == (FAILED, "voice-damaged")
        assert not has_voices(tmp_path)
        publisher.sent_model = None
        await add(publisher, tmp_path)
    assert installed(tmp_path)[f"{NAME}.onnx"] == MODEL


async def test_a_full_disk_is_told_before_and_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL)) as publisher:
        monkeypatch.setattr(download, "SPARE_BYTES", 1 << 60)
        with pytest.raises(CommandExit, match="are free") as caught:
            await add(publisher, tmp_path)
        assert caught.value.problem.code == "disk-full"
        monkeypatch.undo()

        def fill(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(download, "_count_bytes", lambda _: 0)
        monkeypatch.setattr(Path, "open", fill)
        with pytest.raises(CommandExit, match="No space left"):
            await add(publisher, tmp_path)
        monkeypatch.undo()
        assert not has_voices(tmp_path)


async def test_an_unknown_voice_is_refused_with_similar_ones(tmp_path: Path) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL)) as publisher:
        with pytest.raises(CommandExit) as caught:
            await add(publisher, tmp_path, "en_GB-hmu-low")
    assert caught.value.status == USAGE
    assert NAME in caught.value.problem.remedy


@pytest.mark.parametrize(("language", "told"), [("en", NAME), ("ja", "none for 'ja'")])
async def test_a_language_is_answered_with_its_voices(tmp_path: Path, language: str, told: str) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL)) as publisher:
        with pytest.raises(CommandExit) as caught:
            await add(publisher, tmp_path, language)
    assert told in caught.value.problem.detail


def test_the_hint_names_a_voice_or_asks_for_those_of_the_films_language() -> None:
    assert hint_at_voices("en-GB").endswith("lectern voices add en_US-ljspeech-high")
    assert hint_at_voices("de-AT").endswith("lectern voices add de")


async def test_nothing_is_fetched_under_a_licence_that_is_not_accepted(tmp_path: Path) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL)) as publisher:
        with pytest.raises(CommandExit, match="not accepted"):
            await add(publisher, tmp_path, accepted=False)
        assert publisher.ranges == []


def test_without_a_network_the_command_says_so(tmp_path: Path) -> None:
    result = invoke_lectern("voices", "add", NAME, "--from", "http://127.0.0.1:9", home=tmp_path)
    assert result.status == UNAVAILABLE
    assert "Check the network" in result.err


async def test_the_command_asks_for_the_licence_to_be_accepted(tmp_path: Path) -> None:
    async with voice_publisher(VoicePublisher(model=MODEL)) as publisher:
        refused = await invoke_in_thread("voices", "add", NAME, "--from", publisher.url, home=tmp_path)
        assert refused.status == USAGE
        assert "--accept-licence" in refused.err
        arguments = ("voices", "add", NAME, "--accept-licence", "--from", publisher.url)
        added = await invoke_in_thread(*arguments, home=tmp_path)
    assert added.status == OK, added.err
    assert "License: public domain" in added.err
    assert has_voices(tmp_path)


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "a/../b", "http://elsewhere/x"], ids=["up", "root", "inside", "address"]
)
async def test_a_catalogue_cannot_name_files_elsewhere(tmp_path: Path, path: str) -> None:
    publisher = VoicePublisher(model=MODEL)
    true = publisher.catalogue()
    publisher.catalogue = lambda: true.replace(b"en/en_GB/hum/low/", f"{path}/".encode())  # type: ignore[method-assign]
    async with voice_publisher(publisher):
        with pytest.raises(CommandExit) as caught:
            await add(publisher, tmp_path)
    assert caught.value.problem.code == "voice-catalogue"
