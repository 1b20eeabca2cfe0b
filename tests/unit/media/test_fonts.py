"""Programs that draw text find the fonts of the user who runs Lectern."""

from __future__ import annotations

from pathlib import Path

import pytest

from lectern.media.fonts import list_font_folders, read_font_variables


def test_the_user_s_own_fonts_are_found_though_the_home_folder_is_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert read_font_variables() == {"XDG_DATA_HOME": "/data", "XDG_CACHE_HOME": f"{tmp_path}/.cache"}
    assert list_font_folders() == ("/data/fonts", f"{tmp_path}/.cache/fontconfig", f"{tmp_path}/.fonts")


def test_a_user_without_a_home_has_no_fonts_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert read_font_variables()["XDG_DATA_HOME"] == "/nonexistent/.local/share"
