"""Trees keep their order, find their nodes, and make room for new ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import Tree
from lectern.scenekit.style import use_theme


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def x(tree: Tree, value: object) -> float:
    return float(tree[value].get_x())


def test_children_stand_below_their_parent_and_a_free_place_stays_free() -> None:
    tree = Tree([8, [3, 1, 6], [10, None, 14]])
    assert x(tree, 1) < x(tree, 3) < x(tree, 6) < x(tree, 10) < x(tree, 14)
    assert tree[3].get_y() > tree[6].get_y()
    assert np.allclose(tree.edge(6).get_end(), tree[6].get_center(), atol=0.01)


def test_a_number_goes_where_a_search_tree_has_it() -> None:
    scene, tree = Scene(), Tree([8, [3, 1, 6], [10, None, 14]])
    scene.add(tree)
    play(scene, tree.insert(5))
    assert x(tree, 3) < x(tree, 5) < x(tree, 6)
    assert np.allclose(tree.edge(5).get_start(), tree[6].get_center(), atol=0.01)
    boxes = [(node.get_left()[0], node.get_right()[0], round(node.get_y(), 2)) for node in tree.boxes]
    assert not [(a, b) for a, b in combinations(boxes, 2) if a[2] == b[2] and a[0] < b[1] and b[0] < a[1]]


def test_words_are_added_under_a_node_and_wrong_trees_are_refused() -> None:
    tree = Tree({"West": {"English": {}, "German": {}}})
    tree.insert("Dutch", under="West")
    with pytest.raises(KeyError, match="did you mean 'German'"):
        tree["Germn"]
    with pytest.raises(ValueError, match="say under which node"):
        tree.insert("Frisian")
    with pytest.raises(ValueError, match="twice"):
        Tree([1, [2, 3], [2]])
    with pytest.raises(ValueError, match="one root"):
        Tree({"a": {}, "b": {}})
