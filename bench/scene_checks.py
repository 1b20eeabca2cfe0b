"""The findings of the scene check over scenes that we know, and how many of them are false alarms.

`python bench/scene_checks.py` measures every scene of the bundled lessons, of the recorded answers and of
`tests/unit/scenekit/public_scenes`, and prints, for each rule, its findings and how many were judged false alarms by
looking at them. `judged.toml` beside this file keeps those judgements; findings that nobody has judged are listed.
`--stills FOLDER` draws each finding's moment, with its message as the file's neighbour. `--cpu` prints CPU seconds by
group only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import sys
import tempfile
import textwrap
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import av
import manim
from scene_sources import write_sources

from lectern.contracts import script as s
from lectern.contracts.carrying import CodeNeeds, find_needs
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.lessons import load_lessons
from lectern.markdown import parse
from lectern.renderer.job_settings import build_job_settings
from lectern.scenekit.job import run
from lectern.voice.engines.silent import SilentEngine
from lectern.voice.layout import lay_out

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests/recorded/code"
PUBLIC = ROOT / "tests/unit/scenekit/public_scenes"
ENDLESS = ("orbit-for-ever", "growth-too-many")  # stopped by the sandbox, which is not here
JUDGED = Path(__file__).with_name("judged.toml")
OPTIONS = VideoOptions(quality="draft")


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A scene to check: the settings of its job, its source, and what that is run with."""

    group: str
    name: str
    source: str
    settings: dict[str, Any]
    needs: CodeNeeds = field(default_factory=CodeNeeds)


def main() -> int:
    """Measure the scenes and print the table; return 1 when a finding was never judged."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stills", type=Path)
    parser.add_argument("--only", default="", help="a part of the scenes' names")
    parser.add_argument("--cpu", action="store_true")
    options = parser.parse_args()
    subjects = [each for each in list_subjects() if options.only in each.name]
    with tempfile.TemporaryDirectory() as scratch:
        results = {each.name: measure(each, Path(scratch)) for each in subjects}
        if options.cpu:
            print_cpu(subjects, results)
            return 0
        if options.stills:
            for each in subjects:
                draw_stills(each, results[each.name]["findings"], Path(scratch), options.stills)
    return print_findings(subjects, results)


def list_subjects() -> Iterator[Subject]:
    """List all scenes, with a narration as long as reading takes."""
    for lesson in load_lessons():
        script = parse(lesson.text)
        for number, scene in enumerate(script.scenes, 1):
            if isinstance(scene.visual, s.Manim):
                yield Subject(
                    group="lessons",
                    name=f"{lesson.name}/{number}",
                    source=scene.visual.source,
                    settings=describe_job([beat.spoken_text() for beat in scene.beats]),
                    needs=find_needs(script, number, scene.visual.source),
                )
    texts = tomllib.loads((RECORDED / "cases.toml").read_text(encoding="utf-8"))["scenes"]
    for path in sorted(each for each in RECORDED.glob("*.txt") if each.stem not in ENDLESS):
        fenced = re.search(r"```(?:python)?\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
        settings = describe_job(texts[path.stem.partition("-")[0]])
        if fenced is not None:
            yield Subject(group="recorded", name=f"recorded/{path.stem}", source=fenced[1], settings=settings)
    yield from list_examples()
    for path in sorted(PUBLIC.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        for name in re.findall(r"^class (\w+)\(\w*Scene\):", source, re.MULTILINE):
            settings = describe_job([]) | {"scene_class": name, "seconds": 10.0}
            yield Subject(group="public", name=f"{path.stem}/{name}", source=source, settings=settings)


def list_examples() -> Iterator[Subject]:
    """List the example scenes in the docstrings of the installed manim, which nobody wrote with this check in mind."""
    for path in sorted(Path(manim.__file__).parent.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            directive = re.match(r"( *)\.\. manim:: (\w+)", line)
            if directive is None:
                continue
            indent, name = len(directive[1]), directive[2]
            body = takewhile(
                lambda each, deep=" " * (indent + 1): not each.strip() or each.startswith(deep), lines[number + 1 :]
            )
            code = [each for each in body if not re.match(r"\s*:\w+:", each)]
            source = "from manim import *\n" + textwrap.dedent("\n".join(code))
            if f"class {name}(" in source:
                settings = describe_job([]) | {"scene_class": name, "seconds": 10.0}
                yield Subject(group="manim", name=f"{path.stem}/{name}", source=source, settings=settings)


def is_deeper(indent: str, line: str) -> bool:
    """Return whether a line belongs to a block with at least this indent."""
    return not line.strip() or line.startswith(indent)


def describe_job(texts: list[str]) -> dict[str, Any]:
    """Return the settings of a job for a narration of these beats."""
    if not texts:
        narration = Narration(seconds=10, samples=0, words=(), beats=(), voice="", engine="", timing="estimated")
    else:
        beats = tuple(s.Beat(text=text) for text in texts)
        speech = asyncio.run(SilentEngine().speak(tuple(texts), "silent", "", 1.0))  # type: ignore[arg-type]
        laid = lay_out(beats, speech.passages)
        narration = Narration(
            seconds=laid.seconds,
            samples=laid.samples,
            words=laid.words,
            beats=laid.beats,
            voice="silent",
            engine="silent",
            timing="estimated",
        )
    return build_job_settings(narration, OPTIONS, "measure") | {"tex": "none"}


def measure(subject: Subject, scratch: Path) -> dict[str, Any]:
    """Return the result of measuring a scene. Scenes that were not written for a narration get their natural length."""
    result = run_bounded(subject, scratch)
    if subject.group in ("public", "manim") and result["ok"]:
        subject.settings["seconds"] = max(1.0, round(result["beats"][0]["measured"], 2))
        result = run_bounded(subject, scratch)
    return result


def run_bounded(subject: Subject, scratch: Path) -> dict[str, Any]:
    """Run one job for at most ten CPU seconds."""

    def stop(*_: Any) -> None:
        raise TimeoutError("it was stopped after ten CPU seconds")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 10.0)
    try:
        return run_job(subject, scratch, **subject.settings)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)


def run_job(subject: Subject, scratch: Path, **settings: Any) -> dict[str, Any]:
    """Run one job in this process and return its result."""
    folder = scratch / subject.name.replace("/", "-")
    folder.mkdir(exist_ok=True)
    (folder / "job.json").write_text(json.dumps(settings), encoding="utf-8")
    write_sources(folder, subject.source, subject.needs)
    return run(folder)


def draw_stills(subject: Subject, findings: list[dict[str, Any]], scratch: Path, folder: Path) -> None:
    """Render the scene at five frames a second and keep the picture of each finding."""
    if not findings:
        return
    fps = 5
    result = run_job(subject, scratch, **(subject.settings | {"mode": "render", "fps": fps}))
    if not result["ok"]:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with av.open(str(scratch / subject.name.replace("/", "-") / "footage.mp4")) as container:
        pictures = [frame.to_image() for frame in container.decode(video=0)]
    for number, finding in enumerate(findings):
        moment = min(len(pictures) - 1, round(((finding.get("time") or 0.0) + 0.4) * fps))
        stem = f"{subject.name.replace('/', '-')}-{number}-{finding['rule']}"
        pictures[moment].save(folder / f"{stem}.png")
        (folder / f"{stem}.txt").write_text(key_of(subject, finding) + "\n" + finding["message"] + "\n")


def key_of(subject: Subject, finding: dict[str, Any]) -> str:
    """Return the name under which a finding is judged."""
    return f"{subject.name} {finding['rule']} {finding['object'] or ''}".strip()


def print_cpu(subjects: list[Subject], results: dict[str, dict[str, Any]]) -> None:
    """Print the CPU seconds of each group of scenes."""
    totals: dict[str, list[float]] = defaultdict(list)
    for each in subjects:
        totals[each.group].append(results[each.name]["cpu_seconds"])
    for group, seconds in totals.items():
        print(
            f"{group:10} {len(seconds):4} scenes {sum(seconds):8.2f} CPU s {sum(seconds) / len(seconds):7.3f} a scene"
        )


def print_findings(subjects: list[Subject], results: dict[str, dict[str, Any]]) -> int:
    """Print findings and false alarms by rule and level; return 1 when one was never judged."""
    judged = tomllib.loads(JUDGED.read_text(encoding="utf-8")) if JUDGED.exists() else {}
    false_alarms = set(judged.get("false_alarms", []))
    known = false_alarms | set(judged.get("true", []))
    rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in subjects:
        result = results[each.name]
        if not result["ok"]:
            print(f"failed: {each.name}: {result['error']['message'][:200]}")
        for finding in result["findings"]:
            row = rows[finding["rule"], finding["level"]]
            key = key_of(each, finding)
            row[each.group] += 1
            row["false"] += key in false_alarms
            row["new"] += key not in known
            if key not in known:
                time = finding.get("time")
                print(f'new: "{key}"  # {finding["level"]} at {time}: {finding["message"]}')
    groups = Counter(each.group for each in subjects)
    print("scenes:", dict(groups))
    print(f"{'rule':22} {'level':8} " + " ".join(f"{group:>9}" for group in groups) + f" {'false':>6} {'new':>5}")
    for (rule, level), row in sorted(rows.items()):
        counts = " ".join(f"{row[group]:9}" for group in groups)
        print(f"{rule:22} {level:8} {counts} {row['false']:6} {row['new']:5}")
    return int(any(row["new"] for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
