import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.cli.outputs import slug


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
    assert slug(title) == name


@given(st.text())
def test_no_title_leads_out_of_the_folder_or_hides_the_file(title: str) -> None:
    name = slug(title)
    assert 0 < len(name) <= 80
    assert re.fullmatch(r"[\w-]+", name)
    assert not name.startswith(("-", "."))
