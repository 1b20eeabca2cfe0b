"""A tag stands beside its thing, moves with it, fades with it and leaves with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import job_folder

from lectern.scenekit import VGroup, tag

SCENE = """
    def tag_of(scene, thing):
        return next(each for each in scene.mobjects if getattr(each, "belongs_to", None) is thing)


    class Leaf(NarratedScene):
        def construct(self):
            leaf = Ellipse(width=7, height=3, color=theme.primary, fill_opacity=1)
            pore = Dot([1, -0.5, 0], color=theme.surface)
            ray = Line([-3, 3, 0], [-1, 2.3, 0], color=theme.accent)
            self.add(leaf, pore)
            with self.beat():
                self.play(Create(ray), tag(ray, "light"), tag(pore, "stomata"), tag(leaf, "leaf"))
                pore_tag, leaf_tag, ray_tag = (tag_of(self, each) for each in (pore, leaf, ray))
                assert np.linalg.norm(ray_tag.label.get_center() - ray.get_center()) < 1.2
                assert abs(pore_tag.label.get_y()) > 1.5, "the pore's name is outside of the leaf"
                assert len(pore_tag.leader.points), "and a line leads to it"
                assert np.allclose(pore_tag.leader.points[-1], pore.get_center(), atol=0.1)
                assert not len(leaf_tag.leader.points), "the leaf's name needs none"
            with self.beat():
                before = [each.label.get_center() for each in (pore_tag, leaf_tag)]
                self.play(VGroup(leaf, pore).animate.shift(LEFT), FadeOut(ray))
                assert all(
                    np.allclose(each.label.get_center() - place, LEFT, atol=0.01)
                    for each, place in zip((pore_tag, leaf_tag), before)
                )
                assert ray_tag not in self.mobjects, "it left with its thing"
            with self.beat():
                self.play(dim(leaf))
                faintness = leaf_tag.label[0][0].get_fill_opacity()
                assert abs(faintness - leaf.get_fill_opacity()) < 0.02 < 1 - faintness, faintness
                self.play(untag(leaf))
                assert leaf_tag not in self.mobjects and pore_tag in self.mobjects

"""


def test_tags_stay_with_their_things(tmp_path: Path) -> None:
    beats = [(3.0, "the light meets a leaf"), (3.0, "the leaf moves on"), (4.0, "the leaf is dimmed")]
    result = run_in_fork(job_folder(tmp_path, SCENE, beats=beats, mode="measure"))
    assert result["ok"], result["error"]
    assert [each for each in result["findings"] if each["level"] == "error"] == []
    assert [each for each in result["findings"] if "text" in each["rule"]] == []


def test_a_thing_that_cannot_be_seen_cannot_be_named() -> None:
    with pytest.raises(ValueError, match="draw it first"):
        tag(VGroup(), "nothing")
