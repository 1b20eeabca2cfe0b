"""docs/scenekit.md shows every name of the kit, and its examples run."""

from __future__ import annotations

from pathlib import Path

import gallery
import pytest
from unit.scenekit.forked_jobs import run_in_fork

import lectern.scenekit as kit


def test_every_name_of_the_kit_has_an_example() -> None:
    shown = {name for example in gallery.read_examples() for name in example.names}
    assert sorted(set(kit.kit_names()) - shown) == [], "add an example to docs/scenekit.toml and run `make gallery`"
    assert sorted(shown - set(kit.kit_names())) == [], "these are no names of the kit"


def test_the_page_is_written_from_the_examples_and_their_pictures_are_there() -> None:
    examples = gallery.read_examples()
    assert gallery.PAGE.read_text(encoding="utf-8") == gallery.write_page(examples), "run `make gallery`"
    assert [each.file for each in examples if not (gallery.PICTURES / each.file).is_file()] == [], "run `make gallery`"


@pytest.mark.slow
def test_all_examples_run_as_one_scene(tmp_path: Path) -> None:
    """One job measures them all, one after the other, so that the kit is loaded once."""
    examples = gallery.read_examples()
    blocks = [f"{each.code.strip()}\nself.clear()\nself.play(self.wide(), run_time=0.1)" for each in examples]
    joined = type(examples[0])(part="", names=("all",), code="\n".join(blocks), file="all")
    gallery.prepare_job(joined, tmp_path / "job", "measure")
    result = run_in_fork(tmp_path / "job")
    assert result["ok"], result["error"]
