"""A script rendered as Markdown parses to the same script, whatever its texts contain."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.markdown.scripts import MARKS, scripts

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.script import Script
from lectern.markdown import parse, render

# Half as many examples again as the profile has.
thorough = settings(max_examples=settings().max_examples * 3 // 2, suppress_health_check=list(HealthCheck))


@thorough
@given(scripts())
def test_a_rendered_script_parses_to_itself(script: Script) -> None:
    assert parse(render(script)) == script


@thorough
@given(scripts())
def test_rendering_a_parsed_script_changes_nothing(script: Script) -> None:
    text = render(script)
    assert render(parse(text)) == text


@thorough
@given(
    st.lists(st.sampled_from([*MARKS, "\n\n", "\n# ", "\n## ", "\n```", "chart\n", "a | b\n", "\t", "<!-- say: "])).map(
        "".join
    )
)
def test_any_text_is_a_script_or_a_problem_with_a_line(text: str) -> None:
    result = try_to_parse(text)
    if isinstance(result, Problem):
        assert result.remedy
        assert all(error.pointer.startswith("line ") for error in result.errors)
    else:
        assert parse(render(result)) == result


def try_to_parse(text: str) -> Script | Problem:
    try:
        return parse(text)
    except ProblemError as error:
        return error.problem
