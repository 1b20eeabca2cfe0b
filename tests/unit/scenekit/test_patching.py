"""Settings of manim are those from before after a block, and what did not change is not set again."""

from __future__ import annotations

from typing import Any

import pytest
from manim import TexTemplate, config, tempconfig
from manim._config.utils import ManimConfig
from manim.constants import RendererType

from lectern.scenekit.patching import use_config


def read_settings() -> dict[str, Any]:
    """Read all of manim's settings."""
    return {name: config[name] for name in config if name != "tex_template"}


@pytest.mark.parametrize("use", [tempconfig, use_config])
def test_settings_are_restored_whatever_the_block_changes(use: Any) -> None:
    before = read_settings()
    with use({"seed": 7, "frame_width": 9.0, "no such setting": 1}):
        assert (config.seed, config.frame_width) == (7, 9.0)
        config.background_color = "#123456"
        config.tex_template = TexTemplate(preamble="mine")
    assert read_settings() == before
    assert config.tex_template.preamble != "mine"


def test_settings_are_restored_after_an_error() -> None:
    before = read_settings()
    with pytest.raises(KeyError), use_config({"seed": 7}):
        raise KeyError
    assert read_settings() == before


def test_the_renderer_is_set_again_only_where_it_was_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[Any] = []

    def choose(self: ManimConfig, value: Any) -> None:
        chosen.append(value)
        self._d["renderer"] = RendererType(value)

    plain = ManimConfig.renderer
    monkeypatch.setattr(ManimConfig, "renderer", property(plain.fget, choose))
    with use_config({"seed": 7}):
        pass
    assert chosen == []
    with use_config({"seed": 7}):
        config.renderer = RendererType.OPENGL
    assert config.renderer == RendererType.CAIRO
