import os
import stat
from pathlib import Path

import pytest

from lectern.cli.runner.home import Endpoint, Home, claim_home
from lectern.contracts.problems import ProblemError

HERE = Endpoint(
    pid=1,
    url="http://127.0.0.1:8080",
    nats_url="nats://127.0.0.1:1",
    s3_endpoint="http://y",
)


def test_keys_are_generated_once_and_are_private(tmp_path: Path) -> None:
    with claim_home(tmp_path / "home") as home:
        keys = home.keys()
    assert len(keys.access) >= 16
    assert len(keys.secret) >= 32
    assert stat.S_IMODE((home.path / "keys.json").stat().st_mode) == 0o600
    with claim_home(tmp_path / "home") as again:
        assert again.keys() == keys


def test_a_home_made_before_the_event_log_had_a_token_gets_one(tmp_path: Path) -> None:
    with claim_home(tmp_path) as home:
        (home.path / "keys.json").write_text('{"access":"a","secret":"s"}')
        keys = home.keys()
        assert (keys.access, keys.secret) == ("a", "s")
        assert len(keys.nats_token) >= 32
        assert home.keys() == keys
        assert stat.S_IMODE((home.path / "keys.json").stat().st_mode) == 0o600


def test_a_home_belongs_to_one_runner_at_a_time(tmp_path: Path) -> None:
    with claim_home(tmp_path) as home, home.announce(HERE):
        with pytest.raises(ProblemError, match=r"http://127\.0\.0\.1:8080") as refused, claim_home(tmp_path):
            pass
        assert refused.value.problem.code == "already-running"
    with claim_home(tmp_path):
        pass


def test_a_runner_is_found_while_it_is_ready(tmp_path: Path) -> None:
    assert Home.at(tmp_path).find() is None
    with claim_home(tmp_path) as home:
        assert Home.at(tmp_path).find() is None
        with home.announce(HERE):
            assert Home.at(tmp_path).find() == HERE
        assert Home.at(tmp_path).find() is None


def test_the_address_that_a_killed_runner_left_behind_is_ignored(tmp_path: Path) -> None:
    with claim_home(tmp_path) as home, home.announce(HERE):
        left = (tmp_path / "runner.json").read_bytes()
    (tmp_path / "runner.json").write_bytes(left)
    assert Home.at(tmp_path).find() is None


def test_a_home_that_cannot_be_created_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProblemError, match="LECTERN_HOME") as refused, claim_home(tmp_path / "file" / "home"):
        pass
    assert refused.value.problem.code == "home-not-writable"


def test_a_home_is_private_to_its_owner(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with claim_home(tmp_path / "home") as home:
            modes = {folder.name: stat.S_IMODE(folder.stat().st_mode) for folder in (home.path, home.nats, home.store)}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o700}
