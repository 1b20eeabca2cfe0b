"""A repair's request holds the findings whole, when they are seen, and all that the scene must keep to."""

from __future__ import annotations

import msgspec
import pytest
from unit.coder.coding_tasks import task

from lectern.coder.codegen.draft_prompt import load_frames
from lectern.coder.codegen.reference import load_reference
from lectern.coder.codegen.repair_prompt import find_moments, find_named_in_prose, list_findings, repair_request
from lectern.coder.coding import CodingTask
from lectern.contracts import script as s
from lectern.contracts.requests import Finding, SceneException, SceneVerdict

CODE = """from lectern.scenekit import *


class Orbit(NarratedScene):
    def construct(self):
        planet = Dot()
        with self.beat():
            self.play(Create(planet))
        with self.beat():
            self.at("circle")
            self.play(planet.animate.glow(), Label("stand clear between"))
"""
LONG = "The label covers the arrow. " + "It is seen for two seconds. " * 60 + "Move it to a colour that stands out."


def orbit() -> CodingTask:
    given = task(None, ("The planet is drawn beside its sun.", "Then it goes around once in a great circle."))
    symbols = (s.Symbol(name="planet", colour="teal", meaning="what goes around"),)
    return msgspec.structs.replace(given, script=msgspec.structs.replace(given.script, symbols=symbols))


def request_for(verdict: SceneVerdict, *, pictured: bool = False) -> str:
    frame = load_frames()["16:9"]
    return repair_request(orbit(), CODE, verdict, "lines", load_reference(), frame, pictured=pictured)


def covered(**fields: object) -> SceneVerdict:
    finding = Finding(rule="text-overlap", level="error", message=LONG, beat=2, line=11, time=4.0)
    return SceneVerdict(ok=True, findings=(msgspec.structs.replace(finding, **fields),))


def test_a_finding_keeps_its_remedy_however_long_it_is() -> None:
    assert "Move it to a colour that stands out." in request_for(covered())
    assert "Move it to a colour that stands out." in request_for(covered(message=LONG + "x " * 3000 + LONG))


def test_a_finding_says_when_it_is_seen_and_what_is_spoken_then() -> None:
    request = request_for(covered())
    assert "text-overlap (beat 2, line 11, at 4.0 s of the scene, while “Then it goes around” is spoken)" in request
    assert find_moments(covered()) == (4.0,)


def test_an_exception_says_which_beat_was_reached() -> None:
    raised = SceneException(type="AttributeError", message="Dot object has no attribute 'glow'", line=11)
    assert "AttributeError in line 11, reached in beat 2: Dot" in request_for(SceneVerdict(ok=False, error=raised))


def test_the_request_holds_the_ledger_the_frame_and_the_words_with_their_times() -> None:
    request = request_for(covered())
    for part in ("planet: theme.teal, what goes around", "frame.body: x", "Then[0.0] it goes[0.8]"):
        assert part in request, part


def test_warnings_are_told_as_minor_and_notes_are_not_told() -> None:
    warning = Finding(rule="text-crowded", level="warning", message="Two labels read as one.", beat=1)
    note = Finding(rule="odd", level="note", message="Only kept.")
    request = request_for(msgspec.structs.replace(covered(), findings=(*covered().findings, warning, note)))
    assert request.index("Noticed too, and minor") > request.index("text-overlap")
    assert "- text-crowded (beat 1): Two labels read as one." in request
    assert "Only kept." not in request
    assert "text-crowded" not in list_findings(SceneVerdict(ok=False, findings=(warning,), reason="It was stopped."))


def test_words_of_prose_are_not_looked_up_as_names_of_the_library() -> None:
    verdict = covered(message="Move the labels so that they stand clear between the two arrows.", line=None)
    assert "Signatures" not in request_for(verdict)
    assert "Scene.clear" not in request_for(covered()), "nor are the words of a string in the code"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("they stand clear between the arrows", []),
        ("use `next_to` for it", ["next_to"]),
        ("call shift(UP) (or not)", ["shift"]),
    ],
)
def test_prose_names_code_in_backquotes_or_before_a_parenthesis(text: str, names: list[str]) -> None:
    assert find_named_in_prose(text) == names


def test_names_of_the_offending_lines_and_of_the_exception_come_with_their_signatures() -> None:
    raised = SceneException(type="TypeError", message="Circle.__init__() got an unexpected keyword 'size'", line=8)
    request = request_for(SceneVerdict(ok=False, error=raised))
    assert "\nCreate(" in request
    assert "\nCircle(" in request


def test_a_failed_render_shows_the_line_that_its_reason_names() -> None:
    reason = "ZeroDivisionError: division by zero in line 8: self.play(Create(planet))."
    assert "   8 >             self.play(Create(planet))" in request_for(SceneVerdict(ok=False, reason=reason))


def test_the_request_says_when_pictures_follow() -> None:
    assert "pictures after this text" in request_for(covered(), pictured=True)
    assert "pictures after this text" not in request_for(covered())


def test_a_repair_keeps_to_what_the_user_wants_to_see() -> None:
    given = orbit()
    scene = msgspec.structs.replace(given.scene, plan=s.ScenePlan(direction="Show it from above."))
    directed = msgspec.structs.replace(given, scene=scene)
    frame = load_frames()["16:9"]
    asked = repair_request(directed, CODE, covered(), "lines", load_reference(), frame)
    assert "==========\nShow it from above.\n==========" in asked
    assert "Show it from above." not in request_for(covered())
