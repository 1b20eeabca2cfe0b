"""What a request wishes of its video that a finished lesson, which is as it is, does not meet."""

from __future__ import annotations

from lectern.contracts.options import Brief
from lectern.lessons import Lesson

GENERAL = "general"  # the audience of who names none
CLOSE = 0.2  # share by which a lesson's length may be off the one wished for


def speaks(lesson: Lesson, language: str) -> bool:
    """Whether a lesson is in a language (BCP-47), whatever the region."""
    return lesson.language.partition("-")[0] == language.partition("-")[0]


def list_unmet_wishes(lesson: Lesson, scenes: int, brief: Brief) -> tuple[str, ...]:
    """What a lesson of so many scenes does not do that was asked for, each a clause: "it has 5 scenes, not 3"."""
    unmet = []
    if brief.target_seconds and abs(lesson.seconds - brief.target_seconds) > CLOSE * brief.target_seconds:
        unmet.append(f"it lasts about {lesson.seconds:.0f} seconds, not {brief.target_seconds}")
    if brief.scenes and brief.scenes != scenes:
        unmet.append(f"it has {scenes} scenes, not {brief.scenes}")
    if brief.audience.casefold() not in (GENERAL, lesson.audience.casefold()):
        unmet.append(f"its audience is “{lesson.audience}”, not “{brief.audience}”")
    if brief.tone:
        unmet.append(f"its tone is its own, not “{brief.tone}”")
    if brief.style != "narration":
        unmet.append("it is narrated, no dialogue")
    if brief.search:
        unmet.append("nothing was searched for it")
    return tuple(unmet)
