"""A scene's sources as files of a job: its own, the cast, and the scenes before it whose things it goes on with."""

from __future__ import annotations

from pathlib import Path

from lectern.contracts.carrying import CodeNeeds


def write_sources(folder: Path, source: str, needs: CodeNeeds) -> None:
    """Write them where `lectern.scenekit.job` looks for them."""
    (folder / "scene.py").write_text(source, encoding="utf-8")
    if needs.cast:
        (folder / "cast.py").write_text(needs.cast, encoding="utf-8")
    (folder / "before").mkdir(exist_ok=True)
    for number, code in enumerate(needs.before, 1):
        (folder / f"before/{number}.py").write_text(code, encoding="utf-8")
