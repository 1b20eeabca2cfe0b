"""`python -m lectern.markdown FILE...`: checks lessons and shows what becomes of them."""

from __future__ import annotations

import sys
from pathlib import Path

from lectern.contracts.problems import ProblemError
from lectern.contracts.script import Script
from lectern.markdown import limits, parse


def outline(script: Script) -> str:
    """A few lines a scene: its title, its words and beats, and what it shows."""
    lines = [f"{script.title} ({script.language})"]
    for number, scene in enumerate(script.scenes, 1):
        words = sum(limits.count_words(beat.said()) for beat in scene.beats)
        shown = type(scene.visual).__name__ if scene.visual else "title card"
        lines.append(
            f"  {number}. {scene.title}: {len(scene.beats)} beats, {words} words, about {words / 2.5:.0f} s, {shown}"
        )
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Exit status 0 when every lesson can be read, 1 otherwise."""
    bad = 0
    for name in names:
        try:
            sys.stdout.write(outline(parse(Path(name).read_text(encoding="utf-8"))) + "\n")
        except ProblemError as error:
            bad += 1
            for fault in error.problem.errors:
                sys.stdout.write(f"{name}: {fault.pointer}: {fault.detail}\n")
        except (OSError, UnicodeDecodeError) as error:
            bad += 1
            sys.stdout.write(f"{name}: cannot be read as UTF-8 text: {error}\n")
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
