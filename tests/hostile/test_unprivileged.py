"""The whole hostile suite again as an ordinary user: no layer may need root, and the fewest must do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
USER = "20001"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(
        os.geteuid() != 0,
        reason="only root can become another user; as an ordinary user, test_hostile.py itself is this test",
    ),
]


# What a file system of its own size stops; without one the watcher has to. `make hostile WITHOUT=tmpfs` tries all.
ABOUT_DISK = "disk or folders or flood or inode or locks or sparse or giant or latex_fill or shm"


@pytest.mark.parametrize(
    ("without", "landlock", "half", "scenes"),
    [
        pytest.param("", "99", "", "", id="all-layers", marks=pytest.mark.long),
        pytest.param("tmpfs", "99", "", ABOUT_DISK, id="work-on-disk", marks=pytest.mark.long),
        pytest.param("namespaces", "1", "other", "", id="as-in-a-restricted-pod-with-the-first-landlock"),
        pytest.param("namespaces", "1", "", "", id="all-as-in-a-restricted-pod", marks=pytest.mark.long),
    ],
)
def test_an_unprivileged_pool_holds_every_hostile_scene(without: str, landlock: str, half: str, scenes: str) -> None:
    """Kubernetes' restricted profile with RuntimeDefault seccomp allows no namespaces."""
    suite = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-n",
        "3",  # most of the time a scene waits for a limit to end it
        "--dist",
        "worksteal",
        "-x",
        "-m",
        "not long" if half else "",
        str(HERE / "test_hostile.py"),
        "-k",
        scenes,
    ]
    done = subprocess.run(
        [sys.executable, str(HERE / "as_user.py"), USER, *suite],
        env={
            **os.environ,
            "LECTERN_HOSTILE_WITHOUT": without,
            "LECTERN_HOSTILE_LANDLOCK": landlock,
            "LECTERN_HOSTILE_HALF": half,
        },
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
