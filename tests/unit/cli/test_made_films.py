"""Films that were made before: when asking again is answered by what lies there, and when not."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client

from lectern.cli.brand import BrandFile
from lectern.cli.made_before import Wish
from lectern.cli.made_films import MOST, MadeFilms, digest_request
from lectern.cli.runner.forgetting import forgetting_changed
from lectern.cli.runner.home import Endpoint, claim_home
from lectern.cli.runner.made_with import digest_surroundings
from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.topology import DAY
from lectern.worker import JetStreamEventLog, NatsBus

DAYS = 30
REQUEST = digest_request("here", b"Why is the sky blue?")
VIDEO: dict[str, Any] = {"id": "one", "status": "completed", "scenes": [{"degraded": None}], "notes": []}


@pytest.fixture
def films(tmp_path: Path) -> MadeFilms:
    return MadeFilms(tmp_path / "home")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "sky.mp4").write_bytes(b"film")
    (tmp_path / "sky.vtt").write_bytes(b"words")
    return {"video": tmp_path / "sky.mp4", "captions_vtt": tmp_path / "sky.vtt"}


def test_a_film_is_found_while_its_files_are_what_they_were(films: MadeFilms, files: dict[str, Path]) -> None:
    films.note(REQUEST, VIDEO, files, DAYS)
    found = films.find(REQUEST)
    assert found is not None
    assert found.video == VIDEO
    os.utime(files["video"])
    assert films.find(REQUEST) is not None
    files["video"].write_bytes(b"movi")
    assert films.find(REQUEST) is None
    files["video"].write_bytes(b"film")
    files["captions_vtt"].unlink()
    assert films.find(REQUEST) is None


def test_another_request_finds_nothing(films: MadeFilms, files: dict[str, Path]) -> None:
    films.note(REQUEST, VIDEO, files, DAYS)
    assert films.find(digest_request("here", b"Why is the sea blue?")) is None
    assert films.find(digest_request("elsewhere", b"Why is the sky blue?")) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"scenes": [{"degraded": {"code": "render-timeout"}}]},
        {"notes": [{"code": "letters-missing"}]},
        {"notes": [{"code": "voice-replaced"}]},
    ],
    ids=["a scene shows its template", "letters had no font", "a voice was replaced"],
)
def test_a_film_that_may_come_out_better_is_not_noted(
    films: MadeFilms, files: dict[str, Path], changes: dict[str, Any]
) -> None:
    films.note(REQUEST, {**VIDEO, **changes}, files, DAYS)
    assert films.find(REQUEST) is None
    films.note(REQUEST, {**VIDEO, "notes": [{"code": "misreading"}]}, files, DAYS)
    assert films.find(REQUEST) is not None


@pytest.mark.parametrize(("kind", "days", "seconds"), [("voice", 2, 2 * DAY), ("model", 30, DAY), ("voice", 0, None)])
def test_a_film_lasts_as_long_as_a_model_is_not_asked_anew_and_the_lists_have_it(
    films: MadeFilms, files: dict[str, Path], kind: str, days: int, seconds: float | None
) -> None:
    films.note(REQUEST, {**VIDEO, "usage": {"items": [{"kind": kind}]}}, files, days)
    found = films.find(REQUEST)
    assert found is not None
    if seconds is None:
        assert films.find(REQUEST, found.made_at + 1000 * DAY) is not None
    else:
        assert films.find(REQUEST, found.made_at + seconds - 2 * 3600) is not None
        assert films.find(REQUEST, found.made_at + seconds) is None


def test_the_newest_records_are_kept(films: MadeFilms, files: dict[str, Path], tmp_path: Path) -> None:
    for number in range(MOST + 5):
        films.note(REQUEST, {**VIDEO, "id": str(number)}, files, DAYS)
    assert len([*(tmp_path / "home/made").iterdir()]) == MOST


def test_a_record_that_cannot_be_read_is_none(films: MadeFilms, files: dict[str, Path], tmp_path: Path) -> None:
    films.note(REQUEST, VIDEO, files, DAYS)
    for record in (tmp_path / "home/made").iterdir():
        record.write_bytes(record.read_bytes()[:-10])
    assert films.find(REQUEST) is None


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home with a runner, which lists videos for two days."""
    endpoint = Endpoint(pid=1, url="", nats_url="", s3_endpoint="", surroundings="here", keep_history_days=2)
    with claim_home(tmp_path / "home") as claimed, claimed.announce(endpoint):
        yield claimed.path


def describe(home: Path, **changes: Any) -> Wish:
    given: dict[str, Any] = {"request": {"topic": "light"}, "images": {}, "music": None, "brand": None}
    return Wish.describe(home, **{**given, **changes})


def test_a_wish_is_found_again_with_its_files_where_they_are_wanted(
    home: Path, tmp_path: Path, files: dict[str, Path]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    document: dict[str, Any] = {"markdown": "# Light"}
    wish = describe(home, request={"document": document})
    document["assets"] = {"leaf": "uploaded"}  # as making it adds
    wish.note_made(VIDEO, files)
    describe(home).note_made(VIDEO, files)
    assert describe(home, request={"document": {"markdown": "# Light"}}).find_made(tmp_path) is not None
    here = describe(home).find_made(tmp_path)
    assert here is not None
    assert here.files == files
    copied = describe(home).find_made(out)
    assert copied is not None
    assert {kind: file.read_bytes() for kind, file in copied.files.items()} == {
        "video": b"film",
        "captions_vtt": b"words",
    }
    assert copied.files["video"] == out / "sky.mp4"
    assert [*out.glob(".*")] == []


def test_a_wish_is_believed_no_longer_than_its_runner_lists_the_video(
    home: Path, tmp_path: Path, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(home).note_made(VIDEO, files)
    assert describe(home).find_made(tmp_path) is not None
    later = time.time() + 2 * DAY
    monkeypatch.setattr("lectern.cli.made_films.time.time", lambda: later)
    assert describe(home).find_made(tmp_path) is None


def test_another_file_behind_the_same_name_is_another_wish(home: Path, tmp_path: Path, files: dict[str, Path]) -> None:
    image = tmp_path / "leaf.png"
    for given in ({"images": {"leaf": image}}, {"music": image}, {"brand": BrandFile(logo=image)}):
        image.write_bytes(b"one")
        describe(home, **given).note_made(VIDEO, files)
        assert describe(home, **given).find_made(tmp_path) is not None
        image.write_bytes(b"two")
        assert describe(home, **given).find_made(tmp_path) is None


def test_an_upgrade_a_setting_and_a_voice_change_what_a_film_is_made_with(tmp_path: Path) -> None:
    source, home = tmp_path / "lectern", tmp_path / "home"
    source.mkdir()
    (source / "a.py").write_text("1")

    def digest(**environment: str) -> str:
        return digest_surroundings(home, environment, [str(source)])

    first = digest()
    assert digest(LECTERN_HOME="/elsewhere", PATH_TO_NOTHING="1") == first
    assert digest(LECTERN_OPENAI_URL="http://localhost:11434/v1") != first
    assert digest(GEMINI_API_KEY="key") != first
    (source / "a.py").write_text("22")
    second = digest()
    assert second != first
    (home / "voices").mkdir(parents=True)
    (home / "voices/en.onnx.json").write_text("{}")
    assert digest() != second


async def test_a_film_is_forgotten_when_its_user_acts_on_the_video(
    nats: Client, films: MadeFilms, files: dict[str, Path]
) -> None:
    changed, other = new_id(), new_id()
    async with forgetting_changed(NatsBus(nats), films):
        for video in (changed, other):
            films.note(f"{REQUEST}{video}", {**VIDEO, "id": video}, files, DAYS)
        await JetStreamEventLog(nats).publish(e.VideoDeleted(video_id=changed))
        async with asyncio.timeout(120):
            while films.find(f"{REQUEST}{changed}"):
                await asyncio.sleep(0.01)
    assert films.find(f"{REQUEST}{other}") is not None
