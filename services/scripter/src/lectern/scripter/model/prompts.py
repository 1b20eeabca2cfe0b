"""What a model is asked: the rules are in the .md files beside this, the wish and the material are data."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import msgspec

from lectern.contracts import script as s
from lectern.contracts.options import Brief, VideoOptions
from lectern.llm import fence
from lectern.scripter.model import answers
from lectern.scripter.model.checks import WORDS_PER_SECOND, Finding

USUAL_SECONDS = 120  # where none is asked for: short explainers are watched to their end more often than long ones
SCENE_SECONDS = 22  # of a usual scene; makes four to six of a usual video
SPEECH = 0.9  # share of a video that is speech; the rest is pauses
FAULTS_TOLD = 15  # at once; a longer list is not worked through

_AUDIENCES = {
    "general": "curious adults without training in the field",
    "children": "children of 8 to 12: everyday words, concrete things, no formulas",
    "school": "pupils of 12 to 16",
    "university": "students of the field in their first years",
    "experts": "people who work in the field and want the point, not the basics",
}


def rules(name: str) -> str:
    """The instructions for one question, from `<name>.md`."""
    return resources.files("lectern.scripter.model").joinpath(f"{name}.md").read_text(encoding="utf-8")


def wish(brief: Brief, options: VideoOptions) -> str:
    """What is asked for. The topic is fenced: it is data, whatever people typed."""
    seconds = brief.target_seconds or USUAL_SECONDS
    count = f"exactly {brief.scenes}" if brief.scenes else f"about {usual_scenes(seconds)}"
    lines = [
        f"Language: {options.language}",
        f"Length: {seconds} seconds, about {words(seconds, options.speaking_rate)} words",
        f"Scenes: {count}",
    ]
    if brief.style == "dialogue":
        lines.append("Style: a dialogue of two voices: one asks what the viewer wonders, the other explains")
    lines.append(f"Audience: {brief.audience}" + (f" ({known})" if (known := _AUDIENCES.get(brief.audience)) else ""))
    if brief.tone:
        lines.append(f"Tone: {brief.tone}")
    asked = ["\n".join(lines)]
    if brief.topic.strip():
        asked.append(f"Topic:\n{fence(brief.topic)}")
    return "\n\n".join(asked)


def usual_scenes(seconds: int) -> int:
    """How many scenes a video of so many seconds has."""
    return max(2, min(20, round(seconds / SCENE_SECONDS)))


def words(seconds: float, rate: float = 1.0) -> int:
    """How many words are spoken in so many seconds of video."""
    return round(seconds * SPEECH * WORDS_PER_SECOND * rate)


def material(text: str) -> str:
    """A text that is to be explained, as part of a request."""
    return f"Material to explain. Say what it says, in this order of ideas or a better one:\n{fence(text)}"


def noted(notes: str) -> str:
    """Notes from a search, as part of a request. They come from pages anybody may have written."""
    return f"Notes from a search:\n{fence(notes)}"


def planned(plan: answers.Plan, seconds: int, rate: float) -> str:
    """The plan as a request to write it, each scene with its share of the words."""
    shares = [max(0.0, scene.seconds) for scene in plan.scenes]
    if not all(shares):
        shares = [1.0] * len(shares)
    allotted = [words(seconds * share / sum(shares), rate) for share in shares]
    budget = "\n".join(
        f"{number}. {scene.title}: about {count} words"
        for number, (scene, count) in enumerate(zip(plan.scenes, allotted, strict=True), 1)
    )
    return f"The plan:\n{msgspec.json.encode(plan).decode()}\n\nWords for each scene:\n{budget}"


def correction(last: msgspec.Struct, faults: Sequence[Finding]) -> str:
    """What was wrong with the last version, as part of a request for the next."""
    told = "\n".join(f"- {each.said}" for each in faults[:FAULTS_TOLD])
    return f"{rules('correct')}\n{msgspec.json.encode(last).decode()}\n\nFaults:\n{told}"


def narrated(script: s.Script) -> str:
    """The narration, for checking."""
    said = (f"{scene.title}\n" + "\n".join(beat.text for beat in scene.beats) for scene in script.scenes)
    return f"Language: {script.language}\n\nThe narration of “{script.title}”:\n" + fence("\n\n".join(said))
