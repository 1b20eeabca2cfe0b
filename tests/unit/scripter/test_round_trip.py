"""What is written as Markdown is read back as the same script, whatever its texts hold."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.scripter.scripts import MARKS, scripts

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.script import Script
from lectern.markdown import parse, render

thorough = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(scripts())
def test_a_script_survives_being_written_and_read(script: Script) -> None:
    assert parse(render(script)) == script


@thorough
@given(scripts())
def test_writing_what_was_read_changes_nothing(script: Script) -> None:
    text = render(script)
    assert render(parse(text)) == text


@thorough
@given(
    st.lists(st.sampled_from([*MARKS, "\n\n", "\n# ", "\n## ", "\n```", "chart\n", "a | b\n", "\t", "<!-- say: "])).map(
        "".join
    )
)
def test_any_text_is_a_script_or_a_problem_with_a_line(text: str) -> None:
    read = attempt(text)
    if isinstance(read, Problem):
        assert read.remedy
        assert all(fault.pointer.startswith("line ") for fault in read.errors)
    else:
        assert parse(render(read)) == read


def attempt(text: str) -> Script | Problem:
    try:
        return parse(text)
    except ProblemError as error:
        return error.problem
