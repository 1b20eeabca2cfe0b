"""From words to a film in the browser: with a mouse, by keyboard alone, on a phone, over a slow line, and across crashes."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_client import SPINNING, TIDES
from browser.conftest import OpenPage, Studio, Trouble, run_lectern
from browser.playing import expect_playing
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

SHORT = "# A short lesson\n\n## One thing\n\nThis is all there is to say.\n"
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 25_000}  # bytes/s: 3G


def make_from_lesson(page: Page, lesson: str) -> None:
    """Fills the form as somebody would who has a lesson, at the quality that is made fastest."""
    page.get_by_text("A lesson", exact=True).click()
    page.get_by_label("Lesson in Markdown").fill(lesson)
    page.get_by_text("Draft", exact=True).click()
    page.get_by_role("button", name="Make video").click()
    page.wait_for_url("**/videos/*")


def test_a_lesson_becomes_a_film_that_plays_with_sound_and_captions(open_page: OpenPage) -> None:
    page = open_page("/")
    make_from_lesson(page, TIDES)
    expect(page.get_by_role("heading", level=1)).to_have_text("Why are there tides?")
    expect(page.get_by_role("region", name="Progress")).to_be_visible()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    film = page.locator("video")
    film.evaluate("video => video.play()")
    expect_playing(page, film)
    expect(page.locator(".player-captions")).to_contain_text("Moon")


def test_a_topic_with_a_finished_lesson_shows_its_making_on_a_phone_until_it_is_cancelled(open_page: OpenPage) -> None:
    page = open_page("/", phone=True)
    page.get_by_role("button", name="What is a derivative?").click()
    expect(page.get_by_role("textbox", name="Topic")).to_have_value("What is a derivative?")
    page.get_by_role("button", name="Make video").click()
    scenes = page.get_by_role("list", name="Scenes").get_by_role("button")
    expect(scenes.nth(2)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("region", name="Progress").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This video was cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Go on").first).to_be_visible()


def test_a_film_is_made_without_a_mouse(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="A topic")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Lesson in Markdown")).to_be_focused()
    page.keyboard.insert_text(SHORT)
    press_tab_until(page, page.get_by_role("radio", name="Standard"))
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Draft")).to_be_checked()
    page.get_by_label("Lesson in Markdown").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/videos/*")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    film = page.locator("video")
    expect(film).to_have_count(1)
    press_tab_until(page, page.get_by_role("button", name="Play").first)
    page.keyboard.press("Enter")
    expect_playing(page, film)


def press_tab_until(page: Page, wanted: object, most: int = 60) -> None:
    """Moves the focus forward to a control, as somebody without a mouse does."""
    handle = wanted.element_handle()  # type: ignore[attr-defined]
    for _ in range(most):
        if handle.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} presses of Tab do not reach {wanted}")


def test_reloading_in_the_middle_loses_nothing(studio: Studio, open_page: OpenPage) -> None:
    video = studio.create_video(document={"markdown": SPINNING})
    page = open_page(f"/videos/{video}")
    expect(page.get_by_role("list", name="Scenes").get_by_role("button")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("A long turn")
    expect(page.get_by_role("list", name="Scenes").get_by_role("button")).to_have_count(2)
    expect(page.get_by_role("progressbar", name="The whole video")).to_be_visible()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()


def test_two_tabs_show_the_same_and_go_on_together(studio: Studio, open_page: OpenPage) -> None:
    video = studio.create_video(document={"markdown": SPINNING.replace("TAU", "2 * TAU")})
    first = open_page(f"/videos/{video}")
    second = open_page(f"/videos/{video}", beside=first)
    for page in (first, second):
        expect(page.get_by_role("list", name="Scenes").get_by_role("button")).to_have_count(2)
    first.get_by_role("region", name="Progress").get_by_role("button", name="Cancel").click()
    for page in (first, second):
        expect(page.get_by_text("This video was cancelled")).to_be_visible()
    second.get_by_role("main").get_by_role("button", name="Go on").click()
    for page in (first, second):
        expect(page.get_by_text("This video was cancelled")).to_have_count(0)
        expect(page.get_by_text("Ready", exact=True)).to_be_visible()


def test_what_was_typed_is_there_after_the_page_was_left(open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_role("textbox", name="Topic").fill("Why does ice float?")
    page.get_by_role("link", name="Library", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Library")
    page.go_back()
    expect(page.get_by_role("textbox", name="Topic")).to_have_value("Why does ice float?")
    page.reload()
    expect(page.get_by_role("textbox", name="Topic")).to_have_value("Why does ice float?")


def test_a_refused_choice_is_told_at_its_field_and_keeps_what_was_typed(open_page: OpenPage, trouble: Trouble) -> None:
    trouble.expected = ["422"]
    page = open_page("/")
    page.get_by_role("textbox", name="Topic").fill("What is a derivative?")
    page.get_by_text("Voice, length and more").click()
    budget = page.get_by_label("Spend at most")
    budget.fill("lots")
    page.get_by_text("Voice, length and more").click()
    page.get_by_role("button", name="Make video").click()
    expect(budget).to_be_visible()
    expect(budget).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("send a valid number")).to_be_visible()
    expect(page.get_by_role("textbox", name="Topic")).to_have_value("What is a derivative?")


def test_a_lesson_with_an_error_is_told_its_line_and_is_there_to_be_corrected(open_page: OpenPage) -> None:
    lesson = SHORT + "\n```chart bar\nNot a number\n```\n"
    page = open_page("/")
    make_from_lesson(page, lesson)
    expect(page.get_by_role("alert")).to_contain_text("Line 8")
    page.get_by_role("button", name="Correct the lesson").click()
    expect(page.get_by_label("Lesson in Markdown")).to_have_value(lesson)


def test_a_topic_that_nobody_can_write_about_is_told_with_a_remedy(open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_role("textbox", name="Topic").fill("The lost books of Livy")
    page.get_by_role("button", name="Make video").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("No lesson on this topic")
    expect(alert).to_contain_text("GEMINI_API_KEY")
    page.get_by_role("button", name="Change the topic").click()
    expect(page.get_by_role("textbox", name="Topic")).to_have_value("The lost books of Livy")


def test_a_film_plays_over_a_slow_line(open_page: OpenPage, finished_video: str) -> None:
    page = open_page("/")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_LINE)
    page.goto(f"/videos/{finished_video}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why are there tides?")
    film = page.locator("video")
    film.evaluate("video => void video.play()")
    expect_playing(page, film)


def test_a_page_goes_on_by_itself_when_the_gateway_crashed(
    open_page: OpenPage, trouble: Trouble, tmp_path: Path
) -> None:
    trouble.expected = ["ERR_", "Failed to load resource"]
    with run_lectern(tmp_path / "home", "--separate") as separate:
        video = separate.create_video(document={"markdown": SPINNING})
        page = open_page(f"/videos/{video}", of=separate)
        expect(page.get_by_role("list", name="Scenes").get_by_role("button")).to_have_count(2)
        separate.kill_gateway()
        expect(page.get_by_text("Ready", exact=True)).to_be_visible()
        film = page.locator("video")
        film.evaluate("video => void video.play()")
        expect_playing(page, film)
