"""A sample of what `make layers` measures: a layer alone holds what docs/security.md claims for it, and nothing else."""

from __future__ import annotations

import os

import pytest
from hostile.layers.measured import BEGIN, END, PAGE, build_table, read_measured
from hostile.layers.settings import Setting
from hostile.layers.trial import try_scenes
from hostile.monitored_pool import SCENES


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make the container around a pool with too few layers")
def test_seccomp_alone_holds_processes_and_the_network_and_no_files() -> None:
    setting = Setting(name="only seccomp", user="ordinary", kept=frozenset({"seccomp"}))
    harm = dict(try_scenes(setting, ["fork_raw", "network_tcp", "read_host_secrets"]))
    assert harm["fork_raw"] == []
    assert harm["network_tcp"] == []
    assert "the scene read the secret" in harm["read_host_secrets"]


def test_the_page_shows_what_was_measured() -> None:
    assert f"{BEGIN}\n{build_table(read_measured())}\n{END}" in PAGE.read_text(), "run `make layers`"


def test_what_was_measured_is_of_scenes_that_there_are() -> None:
    known = {scene for settings in read_measured().values() for found in settings.values() for scene in found}
    assert known <= {scene.stem for scene in SCENES.glob("*.py")}


def test_nothing_escaped_all_layers() -> None:
    for settings in read_measured().values():
        assert [scene for scene, result in settings["all"].items() if result.harm] == []
