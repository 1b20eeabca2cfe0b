"""The cache of formulas: bounded, least recently used first out, kept over restarts."""

from __future__ import annotations

import os
from pathlib import Path

from lectern.renderer.sandbox.tex.formula_cache import MAX_REMEMBERED_REFUSALS, FormulaCache
from lectern.renderer.sandbox.tex.protocol import TexReply

BLOCK = 4096


def fill(cache: FormulaCache, *keys: str, size: int = 100) -> None:
    for key in keys:
        cache.store(key, TexReply(svg=b"x" * size))


def find_kept(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()}


def test_the_least_recently_used_formula_goes_first(tmp_path: Path) -> None:
    cache = FormulaCache(tmp_path, max_bytes=3 * BLOCK)
    fill(cache, "a", "b", "c")
    assert cache.find("a") is not None
    fill(cache, "d")
    assert find_kept(tmp_path) == {"a", "c", "d"}
    assert cache.find("b") is None


def test_files_count_as_the_blocks_they_occupy(tmp_path: Path) -> None:
    fill(FormulaCache(tmp_path, max_bytes=2 * BLOCK), *"abcd", size=1)
    assert find_kept(tmp_path) == {"c", "d"}


def test_a_restart_keeps_formulas_and_the_order_of_their_use(tmp_path: Path) -> None:
    first = FormulaCache(tmp_path, max_bytes=3 * BLOCK)
    fill(first, "a", "b", "c")
    for age, key in enumerate("cba"):
        os.utime(tmp_path / f"{key}.svg", (1000 - age, 1000 - age))
    assert first.find("a") is not None
    second = FormulaCache(tmp_path, max_bytes=2 * BLOCK)
    assert find_kept(tmp_path) == {"a", "c"}
    assert second.find("c") is not None


def test_a_formula_that_somebody_removed_is_simply_not_found(tmp_path: Path) -> None:
    cache = FormulaCache(tmp_path, max_bytes=2 * BLOCK)
    fill(cache, "a")
    (tmp_path / "a.svg").unlink()
    assert cache.find("a") is None
    fill(cache, "b", "c")
    assert find_kept(tmp_path) == {"b", "c"}


def test_what_a_crash_left_half_written_is_removed_but_not_what_is_being_written(tmp_path: Path) -> None:
    (tmp_path / "a.1234").write_bytes(b"half")
    os.utime(tmp_path / "a.1234", (1000, 1000))
    (tmp_path / "b.5678").write_bytes(b"half")
    FormulaCache(tmp_path)
    assert find_kept(tmp_path) == {"b"}


def test_only_a_verdict_of_tex_is_remembered(tmp_path: Path) -> None:
    cache = FormulaCache(tmp_path)
    cache.store("a", TexReply(error="latex took longer than 60 seconds"))
    cache.store("b", TexReply(error="Undefined control sequence.", verdict=True))
    assert cache.find("a") is None
    assert cache.find("b") is not None
    assert list(tmp_path.iterdir()) == []


def test_remembered_verdicts_are_bounded_and_a_used_one_stays(tmp_path: Path) -> None:
    cache = FormulaCache(tmp_path)
    for number in range(MAX_REMEMBERED_REFUSALS + 1):
        cache.store(str(number), TexReply(error="no", verdict=True))
        cache.find("0")
    assert cache.find("0") is not None
    assert cache.find("1") is None
