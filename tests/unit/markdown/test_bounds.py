"""What is too long to be read is refused before it costs anything, and named."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from lectern.contracts.problems import Problem, ProblemError
from lectern.markdown import NoScenes, images, limits, parse


def refusal(text: str) -> Problem:
    with pytest.raises(ProblemError) as raised:
        parse(text)
    return raised.value.problem


def test_scene_code_that_is_too_long_is_not_parsed() -> None:
    code = "import a" + ".a" * 40_000  # quadratic in CPython 3.11: 2 GB
    tracemalloc.start()
    try:
        problem = refusal(f"## A\n\nText.\n\n```manim\n{code}\n```\n")
        most_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert problem.code == "manim-too-long"
    assert problem.detail.startswith("Line 5: This code has 80,008 characters")
    assert most_bytes < 50e6


def test_scene_code_of_the_greatest_length_is_parsed() -> None:
    code = ("x = 1  # " + "-" * 70 + "\n") * (limits.MANIM_CHARACTERS // 80)
    assert parse(f"## A\n\nText.\n\n```manim\n{code}\n```\n").scenes[0].visual is not None
    assert refusal(f"## A\n\nText.\n\n```manim\n{code[:-80]}(\n```\n").code == "manim-syntax"


def test_code_that_is_nested_too_deeply_is_reported_with_its_reason() -> None:
    problem = refusal("## A\n\nText.\n\n```manim\nx = " + "-" * 9000 + "1\n```\n")
    assert problem.code == "manim-syntax"
    assert "nested too deeply" in problem.detail or "complex" in problem.detail or "recursion" in problem.detail


def test_a_long_paragraph_is_refused_where_it_stands_without_reading_its_markup() -> None:
    started = time.process_time()
    problem = refusal("# T\n\n## A\n\n" + "*a " * 33_000 + "a* " * 33_000)
    assert time.process_time() - started < 1.0, "2.8 s before"
    assert problem.code == "beat-too-long"
    assert "Line 5: This paragraph has 197,999 characters" in problem.detail


def test_long_paragraphs_of_prose_are_material_for_a_model() -> None:
    with pytest.raises(NoScenes):
        parse("### A chapter\n\n" + "Light is a wave. " * 2000)


def test_a_long_destination_is_not_repeated_with_every_reference_to_it() -> None:
    text = "## A\n\n[a]: " + "x" * 90_000 + "\n\n" + "![a] " * 1900
    started = time.process_time()
    assert refusal(text).code == "picture-name"
    assert {len(name) for _, name in images(text)} == {limits.DESTINATION_CHARACTERS}
    assert time.process_time() - started < 5.0


def test_a_picture_has_a_name_that_a_file_can_have() -> None:
    assert refusal(f"## A\n\nText.\n\n![]({'é' * 200}.png)\n").code == "picture-name"
    assert parse(f"## A\n\nText.\n\n![]({'é' * 120}.png)\n").scenes[0].visual is not None


def test_reading_stops_after_many_errors() -> None:
    problem = refusal("## A\n\n" + "```zz\n```\n" * 5000)
    assert "at least 199 more" in problem.detail
    assert len(problem.errors) == 20


def test_a_table_with_more_columns_than_anyone_reads_is_text() -> None:
    wide = "## A\n\n" + "|a" * 300 + "|\n" + "|-" * 300 + "|\n" + "|\n" * 2000
    started = time.process_time()
    refusal(wide)
    assert time.process_time() - started < 1.0, "60,000 empty cells"


def test_front_matter_with_a_key_repeated_thousands_of_times_is_counted_and_refused() -> None:
    started = time.process_time()
    problem = refusal("---\n" + "source: b\n" * 18_000 + "---\n## A\n\nText.\n")
    assert time.process_time() - started < 0.4, "0.9 s before"
    assert problem.code == "front-matter-length"
    assert "18,000 values" in problem.detail
    assert len(parse("---\n" + "source: b\n" * 500 + "---\n## A\n\nText.\n").sources) == 500
