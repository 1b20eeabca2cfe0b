"""Container images: each holds the locked packages of its own service and Lectern's packages that it needs, and no more."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "deploy" / "images"


def load_closures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("image_closures", ROOT / "scripts" / "image_closures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CLOSURES = load_closures()
OURS = sorted(name for name, roots in CLOSURES.ROOTS.items() if roots[0].startswith("lectern-"))


def read_containerfile(image: str) -> str:
    return (IMAGES / image / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")


@pytest.mark.parametrize("image", sorted(CLOSURES.ROOTS))
def test_an_image_is_locked_to_what_it_needs(image: str) -> None:
    locked = CLOSURES.read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    found = (IMAGES / image / "requirements.lock").read_text(encoding="utf-8")
    assert found == CLOSURES.build_lock(image, locked), "run: python scripts/image_closures.py"
    assert all("--hash=sha256:" in lines for lines in CLOSURES.read_lock(found).values())


@pytest.mark.parametrize("image", OURS)
def test_an_image_holds_exactly_the_packages_of_ours_that_its_service_needs(image: str) -> None:
    (installed,) = re.findall(r"^RUN install-own (.*)$", read_containerfile(image), re.MULTILINE)
    needed = CLOSURES.list_closure(CLOSURES.ROOTS[image], CLOSURES.LEFT_OUT.get(image, frozenset()))
    ours = {name.removeprefix("lectern-") for name in needed if name.startswith("lectern-")}
    assert {folder.split("/")[1] for folder in installed.split()} == ours


@pytest.mark.parametrize("image", sorted(CLOSURES.ROOTS))
def test_an_image_ends_as_an_ordinary_user(image: str) -> None:
    last = read_containerfile(image).split("\nFROM ")[1 if image == "base" else -1]
    users = re.findall(r"^USER (\S+)$", last, re.MULTILINE)
    assert (users or ["10001:10001"])[-1] == "10001:10001"
    assert image != "base" or users


def test_only_the_renderer_has_what_draws() -> None:
    holders = {
        path.parent.name for path in IMAGES.glob("*/requirements.lock") if re.search("^manim==", path.read_text(), re.M)
    }
    assert holders == {"renderer"}


def test_a_command_in_a_cluster_brings_no_servers_of_its_own() -> None:
    assert "-bin==" not in (IMAGES / "cli" / "requirements.lock").read_text(encoding="utf-8")
