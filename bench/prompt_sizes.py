"""How long the prompts for code are, by part, over the bundled lessons taken as scripts that a model must draw.

Run `python bench/prompt_sizes.py`. Characters; a token has about four.
"""

from __future__ import annotations

from statistics import median

import msgspec

from lectern.coder.codegen.draft_prompt import (
    describe_beats,
    describe_frame,
    describe_symbols,
    draft_request,
    load_frames,
)
from lectern.coder.codegen.examples import ExampleIndex, find_examples
from lectern.coder.codegen.forms import find_form
from lectern.coder.codegen.kit_vocabulary import describe_scene, read_entries, select_entries
from lectern.coder.codegen.reference import load_text
from lectern.coder.coding import CodingTask
from lectern.contracts.narration import BeatSpan, Narration, Word
from lectern.contracts.options import VideoOptions
from lectern.contracts.script import Scene
from lectern.lessons import load_lessons, load_studies
from lectern.markdown import parse

PACE = 0.35  # seconds a word


def narrate(scene: Scene) -> Narration:
    words: list[Word] = []
    spans: list[BeatSpan] = []
    time = 0.0
    for number, beat in enumerate(scene.beats):
        start = time
        for text in beat.text.split():
            words.append(Word(text=text, start=time, end=time + PACE, beat=number))
            time += PACE
        spans.append(BeatSpan(start=start, end=time, text=beat.text))
    return Narration(
        seconds=time,
        samples=round(time * 48_000),
        words=tuple(words),
        beats=tuple(spans),
        voice="bench",
        engine="bench",
        timing="exact",
    )


def measure() -> dict[str, list[int]]:
    index = ExampleIndex(find_examples(load_studies()))
    entries, frames, rules = read_entries(load_text("vocabulary.txt")), load_frames(), load_text("house_rules.md")
    sizes: dict[str, list[int]] = {}
    for lesson in load_lessons():
        script = parse(lesson.text)
        for number, scene in enumerate(script.scenes, 1):
            drawn = msgspec.structs.replace(scene, visual=None)
            task = CodingTask(
                number=number, script=script, scene=drawn, narration=narrate(scene), options=VideoOptions()
            )
            form = find_form(drawn)
            subject = f"{script.title} {describe_scene(drawn)}"
            examples = index.nearest(subject, form)
            frame = frames["16:9"]
            parts = {
                "rules": len(rules),
                "kit": sum(len(entry.text) + 2 for entry in select_entries(entries, drawn, form)),
                "examples": sum(len(each.code) + len(each.narration) for each in examples),
                "beats": len(describe_beats(task)),
                "frame": len(describe_frame(task, frame)),
                "symbols": len(describe_symbols(script)),
                "request": len(draft_request(task, frame, examples)),
            }
            parts["total"] = parts["rules"] + parts["kit"] + parts["request"]
            for name, size in parts.items():
                sizes.setdefault(name, []).append(size)
    return sizes


def main() -> None:
    sizes = measure()
    totals = sizes["total"]
    print(f"{len(totals)} scenes")
    for name, found in sizes.items():
        share = median(size / total for size, total in zip(found, totals, strict=True))
        print(f"{name:9} {min(found):6} {median(found):8.0f} {max(found):6}   {share:4.0%} of the prompt")


if __name__ == "__main__":
    main()
