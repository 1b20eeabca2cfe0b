"""A queue lets the first out first, a stack the last."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import Queue
from lectern.scenekit.style import use_theme


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def test_in_a_queue_the_first_goes_out_and_the_others_move_up() -> None:
    scene, queue = Scene(), Queue(["a", "b"])
    scene.add(queue)
    first, second, place = queue[0], queue[1], queue[0].get_center()
    play(scene, queue.pop())
    assert queue[0] is second
    assert np.allclose(second.get_center(), place)
    assert first[0].get_fill_opacity() == 0


def test_in_a_stack_the_last_goes_out() -> None:
    scene, stack = Scene(), Queue(["a"], stack=True)
    play(scene, stack.push("b"))
    assert stack[0].get_y() > stack[1].get_y()
    last = stack[0]
    play(scene, stack.pop())
    assert stack[0] is not last


def test_a_full_queue_and_an_empty_one_say_so() -> None:
    queue = Queue(list("abc"), room=4)
    queue.push("d")
    with pytest.raises(ValueError, match="all 4 places"):
        queue.push("e")
    with pytest.raises(IndexError, match="0 are waiting"):
        Queue().pop()
