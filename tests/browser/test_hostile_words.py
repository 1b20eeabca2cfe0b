"""What strangers wrote, on the pages of the studio: it shows as it is, runs nothing and moves nothing out of its place."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from browser.conftest import OpenPage, Studio, Trouble
from playwright.sync_api import Locator, Page, Route, expect

pytestmark = pytest.mark.slow

MARKUP = "</script><script>owned=1</script>\"'><img src=x onerror=owned=1><svg onload=owned=1>{{7*7}}${7*7}"
SHOWN = "<img src=x onerror=owned=1>"  # of the above, as letters
TITLE = re.sub(r"([^\w\s])", r"\\\1", MARKUP)  # as Markdown that stands for these letters
RAISES = f"""
# {TITLE}

## The Moon pulls

The Moon pulls on the sea.

```manim
class Hostile(NarratedScene):
    def construct(self):
        words = {MARKUP!r} + "\\x1b[2J\\u202e\\r\\n" + "A" * 9000
        raise type(words[:200], (Exception,), {{}})(words)
```
"""
ACTING = f"{MARKUP}\x1b]0;owned\x07\u202e\u2066\u2028\n" + "Z" + "\u0301" * 2000 + "A" * 5000
"""Words that the API would have cleaned: a page does not count on it."""
WORDS = frozenset({"title", "topic", "detail", "remedy", "message", "doing", "exception", "reason"})


def check_harmless(page: Page, shown: Locator) -> None:
    """Checks on a desktop and at a phone's width that words show, and that nothing came of them."""
    for width, height in ((1280, 800), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        expect(shown).to_be_visible()
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, f"wider than {width} pixels"
        box = shown.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("typeof owned") == "undefined"
    assert page.locator("[onerror], [onload], img[src='x']").count() == 0


@pytest.fixture(scope="module")
def raising_video(studio: Studio) -> str:
    """A finished video with a title of markup, one of whose scenes raised an exception of words."""
    return studio.make_video(document={"markdown": RAISES})


def test_a_title_and_an_exception_of_markup_show_as_letters(open_page: OpenPage, raising_video: str) -> None:
    page = open_page(f"/videos/{raising_video}/making")
    check_harmless(page, page.get_by_role("heading", level=1).get_by_text(SHOWN))
    page.goto(f"/videos/{raising_video}/scenes/1/code")
    check_harmless(page, page.get_by_role("list", name="Findings").get_by_text(SHOWN).first)
    page.goto("/library")
    check_harmless(page, page.get_by_role("link").get_by_text(SHOWN).first)


def test_words_that_nobody_cleaned_do_no_more(
    studio: Studio, open_page: OpenPage, trouble: Trouble, raising_video: str
) -> None:
    trouble.expected = ["503"]  # its stream of events: the page then reads the video, which is changed here
    failed = studio.create_video(topic="The lost books of Livy")
    studio.wait_until(failed, "failed")
    for path, place in (
        (f"/videos/{failed}", "alert"),
        (f"/videos/{raising_video}/making", "main"),
        ("/library", "main"),
    ):
        page = open_page("/settings")
        page.route("**/v1/videos/*/events*", lambda route: route.fulfill(status=503))
        page.route("**/v1/videos*", _spoil_words)
        page.route("**/v1/videos/*", _spoil_words)
        page.goto(path)
        check_harmless(page, page.get_by_role(place).get_by_text(SHOWN).first)  # type: ignore[arg-type]


def _spoil_words(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=json.dumps(_spoil(answer.json())))


def _spoil(value: Any) -> Any:
    match value:
        case list():
            return [_spoil(each) for each in value]
        case dict():
            return {
                name: ACTING if name in WORDS and isinstance(each, str) else _spoil(each)
                for name, each in value.items()
            }
    return value
