"""The parts of a question: instructions from `instructions/*.md`, and the brief, plan and faults as data."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import msgspec

from lectern.contracts import script as s
from lectern.contracts.options import Brief, VideoOptions
from lectern.llm import fence
from lectern.markdown import limits
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import ScriptFault

DEFAULT_SECONDS = 120  # short explainers are watched to their end more often than long ones
SECONDS_PER_SCENE = 22  # makes four to six scenes of a default video
SPEECH_SHARE = 0.92  # of a video; the rest is pauses
MAX_REPORTED_FAULTS = 15  # models do not work through a longer list

_AUDIENCES = {
    "general": "curious adults without training in the field",
    "children": "children of 8 to 12: everyday words, concrete things, no formulas",
    "school": "pupils of 12 to 16",
    "university": "students of the field in their first years",
    "experts": "people who work in the field and want the point, not the basics",
}


def read_instructions(name: str) -> str:
    """The instructions for one kind of question, from `instructions/<name>.md`."""
    return resources.files("lectern.scripter.instructions").joinpath(f"{name}.md").read_text(encoding="utf-8")


def describe_brief(brief: Brief, options: VideoOptions) -> str:
    """Describes the script to write. The topic is fenced: it is data, whatever people typed."""
    seconds = brief.target_seconds or DEFAULT_SECONDS
    scenes = f"exactly {brief.scenes}" if brief.scenes else f"about {default_scene_count(seconds)}"
    lines = [
        f"Language: {options.language}",
        f"Length: {seconds} seconds, about {word_budget(seconds, options.speaking_rate)} words",
        f"Scenes: {scenes}",
    ]
    if brief.style == "dialogue":
        lines.append("Style: a dialogue of two voices: one asks what the viewer wonders, the other explains")
    description = _AUDIENCES.get(brief.audience)
    lines.append(f"Audience: {brief.audience}" + (f" ({description})" if description else ""))
    if brief.tone:
        lines.append(f"Tone: {brief.tone}")
    paragraphs = ["\n".join(lines)]
    if brief.topic.strip():
        paragraphs.append(f"Topic:\n{fence(brief.topic)}")
    return "\n\n".join(paragraphs)


def default_scene_count(seconds: int) -> int:
    """The number of scenes of a video of so many seconds, unless the brief says otherwise."""
    return max(2, min(20, round(seconds / SECONDS_PER_SCENE)))


def word_budget(seconds: float, rate: float = 1.0) -> int:
    """The number of words spoken in so many seconds of video."""
    return round(seconds * SPEECH_SHARE * limits.WORDS_PER_SECOND * rate)


def quote_material(text: str) -> str:
    """A text to explain."""
    return f"Material to explain. Say what it says, in this order of ideas or a better one:\n{fence(text)}"


def quote_notes(notes: str) -> str:
    """Notes from a search. They quote pages that anybody may have written."""
    return f"Notes from a search:\n{fence(notes)}"


def describe_plan(plan: replies.ScriptPlan, seconds: int, rate: float) -> str:
    """The plan, with each scene's share of the words: even shares where a scene's seconds cannot be meant."""
    shares = [scene.seconds for scene in plan.scenes]
    if not all(0.0 < share <= seconds for share in shares):
        shares = [1.0] * len(shares)
    budgets = [word_budget(seconds * share / sum(shares), rate) for share in shares]
    lines = "\n".join(
        f"{number}. {scene.title}: about {words} words"
        for number, (scene, words) in enumerate(zip(plan.scenes, budgets, strict=True), 1)
    )
    return f"The plan:\n{msgspec.json.encode(plan).decode()}\n\nWords for each scene:\n{lines}"


def request_correction(version: msgspec.Struct, faults: Sequence[ScriptFault]) -> str:
    """The last version and its faults."""
    lines = "\n".join(f"- {fault.message}" for fault in faults[:MAX_REPORTED_FAULTS])
    return f"{read_instructions('correct')}\n{msgspec.json.encode(version).decode()}\n\nFaults:\n{lines}"


def quote_script(script: s.Script) -> str:
    """The narration with what is shown meanwhile, each beat with its number, for a fact-check."""
    scenes = "\n\n".join(_quote_scene(number, scene) for number, scene in enumerate(script.scenes, 1))
    return f"Language: {script.language}\n\nThe script of “{script.title}”:\n{fence(scenes)}"


def quote_doubts(doubts: Sequence[replies.Doubt]) -> str:
    """What a fact-check doubts, with the place of each claim."""
    lines = "\n".join(f"- {doubt.scene}.{doubt.beat}: “{doubt.claim}”: {doubt.why}" for doubt in doubts)
    return f"The doubts (beat 0: the picture of the whole scene):\n{fence(lines)}"


def _quote_scene(number: int, scene: s.Scene) -> str:
    lines = [f"Scene {number}: {scene.title}"]
    lines += [f"   picture: {scene.plan.shows}"] if scene.plan.shows else []
    lines += [f"   shown, {scene.visual.kind}: {msgspec.json.encode(scene.visual).decode()}"] if scene.visual else []
    for place, beat in enumerate(scene.beats, 1):
        lines.append(f"{number}.{place} {beat.text}")
        lines += [f"   shown: {beat.show}"] if beat.show else []
    return "\n".join(lines)
