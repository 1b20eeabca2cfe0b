"""A dot that draws its curve stays at the curve's end."""

from __future__ import annotations

import numpy as np
import pytest
from manim import Dot, FunctionGraph, Line, Scene, VGroup

from lectern.scenekit import trace


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0])
def test_the_dot_is_at_the_end_of_what_is_drawn(share: float) -> None:
    path, dot = FunctionGraph(np.sin, x_range=[-5, 5]), Dot()
    end = path.get_end()
    animation = trace(dot, path)
    animation._setup_scene(Scene())
    animation.begin()
    animation.interpolate(share)
    assert np.allclose(dot.get_center(), path.points[-1])
    if share == 1.0:
        assert np.allclose(dot.get_center(), end)


def test_a_group_of_paths_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="call it once for each part"):
        trace(Dot(), VGroup(Line(), Line()))
