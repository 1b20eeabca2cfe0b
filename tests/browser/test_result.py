"""The finished film: it plays, by pointer and by keys; its transcript follows the voice; it is shared, varied, deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.conftest import OpenPage, Studio
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow]


@pytest.fixture
def film(open_page: OpenPage, finished_video: str) -> Page:
    """The page of a finished film, with its transcript."""
    page = open_page(f"/videos/{finished_video}")
    expect(page.locator(".sentence").first).to_be_visible()
    return page


def read_time(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.player video').currentTime"))


def wait_until(page: Page, condition: str) -> None:
    """Waits until a condition holds of the film's element, `video`."""
    page.wait_for_function(f"() => {{ const video = document.querySelector('.player video'); return {condition}; }}")


def test_the_film_plays_in_its_own_format(film: Page) -> None:
    film.get_by_role("button", name="Play the film").click()
    wait_until(film, "video.currentTime > 0.5 && video.getVideoPlaybackQuality().totalVideoFrames > 3")
    assert film.evaluate("document.querySelector('.player video').canPlayType('video/mp4; codecs=\"avc1.640028\"')")
    film.get_by_role("button", name="Pause").click()
    wait_until(film, "video.paused")


def test_the_film_is_played_by_keys_alone(film: Page) -> None:
    film.keyboard.press("k")
    wait_until(film, "!video.paused && video.currentTime > 0.2")
    film.keyboard.press("k")
    wait_until(film, "video.paused")
    film.keyboard.press("0")
    film.keyboard.press("l")
    wait_until(film, "Math.abs(video.currentTime - 10) < 0.2")
    film.keyboard.press("ArrowLeft")
    wait_until(film, "Math.abs(video.currentTime - 5) < 0.2")
    film.keyboard.press("Shift+>")
    wait_until(film, "video.playbackRate === 1.25")
    film.keyboard.press("m")
    wait_until(film, "video.muted")
    film.keyboard.press("f")
    film.wait_for_function("() => document.fullscreenElement?.classList.contains('player')")
    film.keyboard.press("f")
    film.wait_for_function("() => document.fullscreenElement === null")


def test_typing_in_the_search_asks_nothing_of_the_film(film: Page) -> None:
    field = film.get_by_role("searchbox", name="Search the transcript")
    first = film.locator(".sentence").first.inner_text()
    field.fill("zzqx km")
    expect(film.locator(".sentence")).to_have_count(0)
    assert read_time(film) == 0
    field.fill(first.split()[0])
    expect(film.locator(".sentence").first).to_be_visible()
    field.press("k")
    wait_until(film, "video.paused")


def test_keys_can_be_kept_to_the_player(film: Page) -> None:
    film.get_by_role("button", name="Keys").click()
    film.get_by_role("switch", name="Anywhere on the page").uncheck()
    film.keyboard.press("Escape")
    film.reload()
    expect(film.locator(".sentence").first).to_be_visible()
    film.keyboard.press("m")
    film.get_by_role("button", name="Sound off").focus()
    assert not film.evaluate("document.querySelector('.player video').muted")
    film.keyboard.press("m")
    wait_until(film, "video.muted")


def test_the_transcript_follows_the_voice_and_a_click_plays_from_there(film: Page) -> None:
    last = film.locator(".sentence").last
    last.click()
    wait_until(film, "video.currentTime > 5")
    expect(last).to_have_attribute("aria-current", "true")
    expect(last.locator("[data-spoken]")).to_have_count(1)
    expect(last).to_be_in_viewport()


def test_captions_are_shown_and_the_choice_is_remembered(film: Page) -> None:
    film.locator(".sentence").nth(1).click()
    expect(film.locator(".player-captions")).to_be_visible()
    film.get_by_role("button", name="Captions").click()
    expect(film.locator(".player-captions")).to_have_count(0)
    film.reload()
    expect(film.get_by_role("button", name="Captions")).to_have_attribute("aria-pressed", "false")


def test_a_chapter_is_played_from_the_list(film: Page) -> None:
    film.get_by_role("tab", name="Chapters").click()
    chapter = film.locator(".chapter").last
    chapter.click()
    wait_until(film, "video.currentTime > 2")
    expect(chapter).to_have_attribute("aria-current", "true")


def test_every_file_is_there_to_be_saved(film: Page) -> None:
    with film.expect_download() as download:
        film.get_by_role("link", name="Transcript TXT").click()
    assert download.value.suggested_filename.endswith(".txt")
    zipped = film.get_by_role("link", name="Everything as a zip").first
    with film.expect_download() as archive:
        zipped.click()
    assert archive.value.suggested_filename.endswith(".zip")


def test_the_page_and_its_dialogs_break_no_rule_of_accessibility(
    film: Page, check_accessibility: Callable[[Page], None]
) -> None:
    for name in ("Share", "Dub", "Other forms", "Keys"):
        film.get_by_role("button", name=name, exact=True).click()
        expect(film.get_by_role("dialog")).to_be_visible()
        expect(film.locator("dialog [aria-busy=true]")).to_have_count(0)
        check_accessibility(film)
        film.keyboard.press("Escape")
        expect(film.get_by_role("dialog")).to_have_count(0)
    film.get_by_text("As a table").click()
    check_accessibility(film)


def test_a_form_that_is_ticked_becomes_a_video_of_its_own(
    studio: Studio, open_page: OpenPage, finished_video: str
) -> None:
    page = open_page(f"/videos/{finished_video}")
    page.get_by_role("button", name="Other forms").click()
    make = page.get_by_role("dialog").get_by_role("button", name="Make")
    expect(make).to_be_disabled()
    page.get_by_role("checkbox", name="Light").check()
    expect(make).to_have_text("Make 1 film")
    make.click()
    page.wait_for_url(lambda url: "/videos/" in url and finished_video not in url)
    made = studio.http.get(f"/v1/videos/{page.url.rpartition('/')[2]}").json()
    assert (made["parent"], made["options"]["theme"]) == (finished_video, "light")
    studio.wait_until(made["id"], "completed")
    page.goto(f"/videos/{finished_video}")
    expect(page.get_by_role("heading", name="Other versions")).to_be_visible()


def test_a_film_that_plays_is_replaced_by_a_newer_one_only_when_asked(studio: Studio, open_page: OpenPage) -> None:
    video = studio.make_video()
    page = open_page(f"/videos/{video}")
    page.get_by_role("button", name="Play the film").click()
    wait_until(page, "video.currentTime > 0.2")
    shown = page.evaluate("document.querySelector('.player video').src")
    redone = {"narration": ["Words that were not in the film before."]}
    scene = studio.http.get(f"/v1/videos/{video}/script").json()["scenes"][0]
    redone["narration"] *= len(scene["beats"])
    assert studio.http.post(f"/v1/videos/{video}/scenes/1/redo", json=redone).status_code == 202
    studio.wait_until(video, "completed")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("A newer version of this film is ready")).to_be_visible()
    assert page.evaluate("document.querySelector('.player video').src") == shown
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("Words that were not in the film before.").first).to_be_visible()


def test_a_deleted_film_leaves_the_library(studio: Studio, open_page: OpenPage) -> None:
    video = studio.make_video()
    page = open_page(f"/videos/{video}")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete the video").click()
    page.wait_for_url("**/library")
    assert studio.http.get(f"/v1/videos/{video}").status_code == 410
