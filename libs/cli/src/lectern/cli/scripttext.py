"""A script as text a person edits: headings are scenes, paragraphs are beats, fenced `picture` blocks what is shown."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from lectern.cli.exits import USAGE, Stop
from lectern.contracts.problems import FieldError, Problem

HEAD = """<!-- Edit, save and close to have the video made.
     `# ` is the title, `## ` begins a scene, a paragraph is a beat: it is spoken, and shown in captions, as one.
     A line `say: …` under a paragraph is what the voice says instead. A `picture` block is what the scene shows.
     To give the video up, leave this file empty. -->"""


def to_text(script: dict[str, Any]) -> str:
    """The script as text; `to_script` reads it back unchanged."""
    blocks = [HEAD, f"# {_line(script['title'])}"]
    for scene in script["scenes"]:
        blocks.append(f"## {_line(scene['title'])}")
        if scene.get("visual"):
            shown = msgspec.json.format(msgspec.json.encode(scene["visual"]), indent=2).decode()
            blocks.append(f"```picture\n{shown}\n```")
        for beat in scene["beats"]:
            spoken = f"\nsay: {_line(beat['spoken'])}" if beat.get("spoken") else ""
            blocks.append(_line(beat["text"]) + spoken)
    return "\n\n".join(blocks) + "\n"


def to_script(text: str, script: dict[str, Any]) -> dict[str, Any] | None:
    """`script` with the words of `text`; None when the text was emptied. Raises Stop, naming lines that do not fit."""
    body = re.sub(r"<!--.*?-->", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)
    if not body.strip():
        return None
    title, scenes, errors = script["title"], list[dict[str, Any]](), list[FieldError]()
    for number, block in _blocks(body):
        if block.startswith("# "):
            title = block[2:].strip()
        elif block.startswith("## "):
            scenes.append({"title": block[3:].strip(), "beats": [], "visual": None})
        elif not scenes:
            errors.append(FieldError(pointer=f"line {number}", detail="text before the first scene (`## Title`)"))
        elif block.startswith("```"):
            try:
                scenes[-1]["visual"] = msgspec.json.decode(block.partition("\n")[2].rpartition("\n")[0])
            except msgspec.DecodeError as error:
                errors.append(FieldError(pointer=f"line {number}", detail=f"this picture is not JSON: {error}"))
        else:
            scenes[-1]["beats"].append(_beat(block))
    errors += [
        FieldError(pointer=f"scene {number}", detail=f"“{scene['title']}” has nothing to say")
        for number, scene in enumerate(scenes, 1)
        if not scene["beats"]
    ]
    if not scenes and not errors:
        errors.append(FieldError(pointer="line 1", detail="there is no scene; begin one with `## Title`"))
    if errors:
        raise Stop(
            USAGE,
            Problem(
                code="script-text",
                title="The edited script cannot be read",
                detail=f"{errors[0].pointer}: {errors[0].detail}.",
                remedy="Mend it and save again.",
                errors=tuple(errors),
            ),
        )
    return {**script, "title": title, "scenes": scenes}


def _line(text: str) -> str:
    return " ".join(text.split())


def _beat(block: str) -> dict[str, str]:
    lines = block.splitlines()
    spoken = [line.removeprefix("say:").strip() for line in lines if line.startswith("say:")]
    words = " ".join(line.strip() for line in lines if not line.startswith("say:"))
    return {"text": words, **({"spoken": " ".join(spoken)} if spoken else {})}


def _blocks(text: str) -> list[tuple[int, str]]:
    """Headings, paragraphs and fenced blocks with the line each begins on, from 1."""
    found: list[tuple[int, list[str]]] = []
    fenced = ended = False
    for number, line in enumerate(text.splitlines(), 1):
        heading = not fenced and line.startswith("#")
        fence = line.startswith("```")
        if not fenced and not line.strip():
            ended = True
            continue
        if ended or heading or (fence and not fenced) or not found:
            found.append((number, []))
        found[-1][1].append(line.rstrip())
        ended = heading or (fence and fenced)
        fenced = fenced != fence
    return [(number, "\n".join(lines).strip()) for number, lines in found]
