import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.language.slugs import MAX_SLUG_CHARACTERS, slug


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Photosynthesis", "photosynthesis"),
        ("How does photosynthesis work?", "how-does-photosynthesis-work"),
        ("Newton's laws: F = ma", "newtons-laws-f-ma"),
        ("Wie entsteht Öl?", "wie-entsteht-öl"),
        ("光合作用", "光合作用"),
        ("../../etc/passwd", "etc-passwd"),
        ("???", "video"),
        ("", "video"),
    ],
)
def test_a_title_becomes_a_file_name(title: str, name: str) -> None:
    assert slug(title, "video") == name


@given(st.text())
def test_a_slug_is_a_safe_file_name(title: str) -> None:
    name = slug(title, "video")
    assert re.fullmatch(r"[\w-]+", name)
    assert len(name) <= MAX_SLUG_CHARACTERS
    assert not name.startswith("-")
    assert not name.endswith("-")
