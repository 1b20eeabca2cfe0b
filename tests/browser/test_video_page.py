"""The page of one video: watching it being made, editing its script, writing a scene's code, comparing takes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser.conftest import OpenPage, Studio, Trouble
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.slow]

SLIP = """# A lesson with a slip

## Good start

A circle grows.

```manim
class Grows(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Circle()))
```

## Bad code

This scene has a slip in its code.

```manim
class Slips(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Cirkle()))
```
"""
PLAY_IN_STEP = """() => new Promise((done) => {
    const [leader, follower] = document.querySelectorAll('.sides video');
    leader.addEventListener('timeupdate', () => {
        if (leader.currentTime > 0.5 && Math.abs(leader.currentTime - follower.currentTime) < 0.3) done();
    });
    leader.play();
})"""
REFUSED = "409"  # Chromium tells of it in the console, too


@pytest.fixture
def slip(studio: Studio) -> str:
    """The id of a finished video whose second scene could not be drawn."""
    return studio.make_video(document={"markdown": SLIP})


def sentence(page: Page, scene: int, number: int = 1) -> Locator:
    """The field of a sentence; both count from 1."""
    return page.get_by_role("textbox", name=f"Sentence {number} of scene {scene}", exact=True)


def test_a_scene_plays_while_others_are_made_and_a_reload_loses_nothing(
    studio: Studio, open_page: OpenPage, check_accessibility: Callable[[Page], None]
) -> None:
    video = studio.create_video(document={"markdown": SLIP})
    page = open_page(f"/videos/{video}")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    check_accessibility(page)
    expect(page.locator(".screen video")).to_be_visible()
    page.goto(f"{studio.url}/videos/{video}/making?scene=2")
    expect(page.locator(".scene-row")).to_have_count(2)
    expect(page.get_by_text("This scene shows a simple card instead of its drawing")).to_be_visible()
    expect(page.get_by_text("Correct line 4")).to_be_visible()
    check_accessibility(page)


def test_code_that_could_not_be_drawn_is_mended_at_the_line_that_the_check_names(
    open_page: OpenPage, slip: str, check_accessibility: Callable[[Page], None]
) -> None:
    page = open_page(f"/videos/{slip}/scenes/2/code")
    editor = page.get_by_label("Code of scene 2")
    expect(editor).to_have_value(re.compile("Cirkle"))
    expect(page.locator(".code-line[data-level=error] .code-number")).to_have_text("4")
    expect(page.get_by_role("list", name="Findings")).to_contain_text("Cirkle")
    check_accessibility(page)
    editor.fill(editor.input_value().replace("Cirkle", "Circle"))
    expect(page.get_by_role("status").filter(has_text="It can be drawn")).to_be_visible()
    page.get_by_role("button", name="Save and draw").click()
    expect(page.locator(".strip")).to_be_visible()
    expect(page.locator(".strip")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Written by you")).to_be_visible()
    page.get_by_role("link", name="Takes (2)").click()
    expect(page.locator(".sides video")).to_have_count(2)
    page.get_by_role("button", name="Use this take").click()
    expect(page.locator(".take", has_text="Revision 1")).to_contain_text("in the film")
    check_accessibility(page)


def test_the_keyboard_leaves_the_code_editor_after_escape(open_page: OpenPage, finished_video: str) -> None:
    page = open_page(f"/videos/{finished_video}/scenes/1/code")
    editor = page.get_by_label("Code of scene 1")
    editor.press("Tab")
    expect(editor).to_be_focused()
    editor.press("Escape")
    editor.press("Tab")
    expect(editor).not_to_be_focused()


def test_two_takes_play_in_step_and_one_is_heard(studio: Studio, open_page: OpenPage, slip: str) -> None:
    assert studio.http.post(f"/v1/videos/{slip}/scenes/1/redo", json={}).status_code == 202
    studio.wait_until(slip, "completed")
    page = open_page(f"/videos/{slip}/scenes/1/takes")
    expect(page.locator(".sides video")).to_have_count(2)
    page.evaluate(PLAY_IN_STEP)
    assert page.evaluate("[...document.querySelectorAll('.sides video')].map(each => each.muted)") == [False, True]


def test_a_sentence_is_split_joined_and_kept_over_a_reload_before_it_is_saved(open_page: OpenPage, slip: str) -> None:
    page = open_page(f"/videos/{slip}/script")
    first = sentence(page, 1)
    first.fill("A circle grows. It is round.")
    expect(page.get_by_text("Saving makes scene 1 again")).to_be_visible()
    first.press("End")
    for _ in " It is round.":
        first.press("ArrowLeft")
    first.press("Enter")
    second = sentence(page, 1, 2)
    expect(second).to_be_focused()
    expect(second).to_have_value("It is round.")
    page.reload()
    expect(sentence(page, 1, 2)).to_have_value("It is round.")
    expect(page.get_by_text("Your unsaved changes are here")).to_be_visible()
    sentence(page, 1, 2).press("Home")
    sentence(page, 1, 2).press("Backspace")
    expect(sentence(page, 1)).to_have_value("A circle grows. It is round.")


def test_two_tabs_that_edit_one_scene_lose_neither_edit(
    open_page: OpenPage, slip: str, check_accessibility: Callable[[Page], None]
) -> None:
    page = open_page(f"/videos/{slip}/script")
    other = open_page(f"/videos/{slip}/script", beside=page)
    sentence(other, 1).fill("A ring grows.")
    sentence(page, 1).fill("A round circle grows.")
    page.get_by_role("button", name="Save and remake").click()
    dialog = other.get_by_role("dialog", name="The script was changed elsewhere meanwhile")
    expect(dialog).to_contain_text("A round circle grows.")
    expect(dialog).to_contain_text("A ring grows.")
    check_accessibility(other)
    dialog.get_by_role("button", name="Put them together").click()
    expect(sentence(other, 1)).to_have_value("A ring grows.")
    other.get_by_role("button", name="Save and remake").click()
    expect(sentence(page, 1)).to_have_value("A ring grows.")


def test_a_script_is_reviewed_cancelled_and_gone_on_with(
    studio: Studio, open_page: OpenPage, check_accessibility: Callable[[Page], None]
) -> None:
    video = studio.create_video(document={"markdown": SLIP}, options={"review": True})
    page = open_page(f"/videos/{video}")
    page.get_by_role("link", name="Read and approve").click()
    page.get_by_role("button", name="Scene 2: more", exact=True).click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.locator(".scene-card")).to_have_count(1)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".scene-card")).to_have_count(2)
    check_accessibility(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".scene-row")).to_have_count(2)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This video was cancelled")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("main").get_by_role("button", name="Go on").click()
    expect(page.get_by_role("link", name="Film")).to_be_visible()


def test_a_direction_that_nobody_can_follow_is_refused_with_a_way_on(
    open_page: OpenPage, finished_video: str, trouble: Trouble
) -> None:
    trouble.expected.append(REFUSED)
    page = open_page(f"/videos/{finished_video}/making")
    page.get_by_role("button", name="Redo").click()
    page.get_by_label("What should it show?").fill("Show it as a number line.")
    page.get_by_role("button", name="Redo this scene").click()
    expect(page.get_by_role("alert")).to_contain_text("follow")
    expect(page.get_by_role("link", name="Write its code yourself")).to_be_visible()


def test_the_script_and_the_code_fit_a_phone(open_page: OpenPage, finished_video: str) -> None:
    for path in ("making", "script", "scenes/1/code", "scenes/1/takes"):
        page = open_page(f"/videos/{finished_video}/{path}", phone=True)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
