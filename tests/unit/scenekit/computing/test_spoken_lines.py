"""The line of a program that a sentence speaks of is found by the words they share."""

from __future__ import annotations

from lectern.scenekit.computing.spoken_lines import match_lines

PROGRAM = """def find(numbers, target):
    low, high = 0, len(numbers) - 1
    while low <= high:
        middle = (low + high) // 2
        if numbers[middle] == target:
            return middle
        if numbers[middle] < target:
            low = middle + 1
        else:
            high = middle - 1"""


def speak(text: str) -> list[tuple[str, int]]:
    words = text.split()
    return [(words[at], line + 1) for at, line in match_lines(PROGRAM.splitlines(), words)]


def test_each_sentence_lights_its_lines_in_turn() -> None:
    spoken = (
        "While low is not beyond high, halve it. If the number equals the target, return it. "
        "Else high moves to the middle minus one."
    )
    lines = [line for _, line in speak(spoken)]
    assert lines[0] == 3
    assert [line for line in lines if line in (4, 6, 9, 10)] == [4, 6, 9, 10]


def test_a_line_lights_on_the_word_that_it_has_in_common() -> None:
    assert speak("Now we return what we found.") == [("return", 6)]


def test_words_that_are_in_every_line_or_in_none_light_nothing() -> None:
    assert speak("This is a nice little program.") == []
    assert match_lines([], ["low"]) == []
