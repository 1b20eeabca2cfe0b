"""Packets take the shortest way over links that work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import Network
from lectern.scenekit.computing.paths import find_route, lay_in_layers
from lectern.scenekit.style import use_theme

LINKS = ["you-a", "you-b", "a-site", "b-c", "c-site"]


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def test_a_packet_ends_at_its_goal_and_later_ones_avoid_a_broken_link() -> None:
    scene, net = Scene(), Network(["you", "a", "b", "c", "site"], LINKS)
    one, two = net.packet("you", 1), net.packet("you", 2)
    way = net.send(one, "site")
    assert way.stops == [net["you"], net["a"], net["site"]]
    play(scene, way)
    assert np.allclose(one.get_center(), net["site"][0].get_center(), atol=0.01)
    play(scene, net.cut("site", "a"))
    assert net.send(two, "site").stops == [net[name] for name in ("you", "b", "c", "site")]
    net.cut("b", "c")
    with pytest.raises(ValueError, match="no way from 'you' to 'site'"):
        net.send(net.packet("you"), "site")
    net.mend("a", "site")
    assert len(net.send(net.packet("you"), "site").stops) == 3


def test_layers_are_by_distance_and_links_between_them_do_not_cross() -> None:
    names = ["start", "b", "a", "x", "y"]
    spots = lay_in_layers(names, [("start", "a"), ("start", "b"), ("a", "x"), ("b", "y")])
    assert [spots[name][0] for name in names] == [0, 0.5, 0.5, 1, 1]
    assert (spots["a"][1] < spots["b"][1]) == (spots["x"][1] < spots["y"][1])
    assert find_route("a", "y", [("a", "x")]) is None


def test_unknown_nodes_and_links_get_near_names() -> None:
    net = Network(["you", "site"], ["you-site"])
    with pytest.raises(KeyError, match="did you mean 'site'"):
        net["sit"]
    with pytest.raises(KeyError, match="no node 'b'"):
        Network(["a"], ["a-b"])
    with pytest.raises(KeyError, match="no link"):
        net.link("you", "you")
