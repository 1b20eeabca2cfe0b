"""`python -m lectern.markdown FILE...`: checks lessons and prints an outline of each."""

from __future__ import annotations

import sys
from pathlib import Path

from lectern.contracts.problems import ProblemError
from lectern.contracts.script import Script
from lectern.language.words import count_words
from lectern.markdown import limits, parse, write_notes


def outline(script: Script) -> str:
    """One line per scene: its title, its beats and words, and its visual."""
    lines = [f"{script.title} ({script.language})"]
    for number, scene in enumerate(script.scenes, 1):
        words = sum(count_words(beat.spoken_text()) for beat in scene.beats)
        visual = type(scene.visual).__name__ if scene.visual else "title card"
        seconds = words / limits.WORDS_PER_SECOND + sum(beat.pause for beat in scene.beats)
        length = f"{len(scene.beats)} beats, {words} words, about {seconds:.0f} s"
        lines.append(f"  {number}. {scene.title}: {length}, {visual}")
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Exit status 0 when every lesson can be read, 1 otherwise."""
    failures = 0
    for name in names:
        try:
            script = parse(Path(name).read_text(encoding="utf-8"))
            sys.stdout.write("\n".join([outline(script), *(note.text for note in write_notes(script))]) + "\n")
        except ProblemError as error:
            failures += 1
            for each in error.problem.errors:
                sys.stdout.write(f"{name}: {each.pointer}: {each.detail}\n")
        except (OSError, UnicodeDecodeError) as error:
            failures += 1
            sys.stdout.write(f"{name}: cannot be read as UTF-8 text: {error}\n")
    return 1 if failures or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
