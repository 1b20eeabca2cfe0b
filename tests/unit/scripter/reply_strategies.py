"""Model replies of every kind, for property tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from unit.markdown.scripts import MARKS

from lectern.contracts import script as s
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import ScriptTarget

SENTENCE = "Sunlight is a mixture of all the colours, and the air scatters blue light far more than red light."
# Twice as many examples as the profile has.
thorough = settings(max_examples=settings().max_examples * 2, suppress_health_check=list(HealthCheck))

words = st.sampled_from(
    [SENTENCE, "Why?", "And so on,", "Dr. Li met J. S. Bach.", "**bold**", "see https://example.org", "\\frac{a}{b}",
     "a² = b", "<b>", "`x`", "- ", "# ", "[pause]", "[a](http://b.c)", "…", "", "为什么天空是蓝色的？", *MARKS]
)  # fmt: skip
texts = st.lists(words, max_size=8).map(" ".join)
beats = st.builds(
    replies.BeatDraft,
    text=texts,
    spoken=st.one_of(st.just(""), texts),
    show=texts,
    speaker=st.just(""),
    pause=st.sampled_from([0.0, 1.5, -1.0, 60.0]),
)
visuals = st.builds(
    replies.VisualDraft, kind=st.sampled_from([*replies.OFFERED_VISUALS, "manim", "x"]), style=words, content=texts
)
scenes = st.builds(
    replies.SceneDraft, title=words, beats=st.lists(beats, max_size=6), visual=st.one_of(st.none(), visuals)
)
narrations = st.builds(replies.NarrationDraft, scenes=st.lists(scenes, min_size=1, max_size=5))
planned_scenes = st.builds(replies.PlannedScene, title=words, purpose=words, shows=words)
plans = st.builds(
    replies.ScriptPlan,
    title=words,
    scenes=st.lists(planned_scenes, min_size=1, max_size=3),
    symbols=st.lists(st.builds(replies.PlannedSymbol, name=words, colour=words, meaning=words), max_size=3),
)
targets = st.builds(
    ScriptTarget, seconds=st.integers(0, 300), scenes=st.integers(0, 5), rate=st.sampled_from([0.5, 1.0, 2.0])
)


def script_of(*scenes: list[str]) -> s.Script:
    """A script of scenes with the texts of their beats."""
    return s.Script(
        title="T",
        scenes=tuple(s.Scene(title="S", beats=tuple(s.Beat(text=text) for text in beats)) for beats in scenes),
    )
