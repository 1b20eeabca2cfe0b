"""Films one after the other: one plays, the next is loaded, and the sound stays on once it was allowed."""

from __future__ import annotations

import pytest
from browser.conftest import OpenPage, Studio, run_lectern
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.slow]

ELEMENTS = "[...document.querySelectorAll('.feed-film video')]"
PLAYING = f"{ELEMENTS}.filter((video) => !video.paused)"


@pytest.fixture(scope="module")
def three_films(studio: Studio, finished_video: str) -> list[str]:
    """Three finished films, one of them tall, at least."""
    others = [studio.make_video(options={"aspect": "9:16"}), studio.make_video(options={"theme": "light"})]
    return [finished_video, *others]


@pytest.fixture
def feed(open_page: OpenPage, three_films: list[str]) -> Page:
    """The page with films, the first of which plays."""
    page = open_page("/explore")
    page.wait_for_function(f"() => {PLAYING}.some((video) => video.currentTime > 0.2)")
    return page


def read_current(page: Page) -> str:
    """The title of the film that plays; exactly one does."""
    playing = page.evaluate(f"{PLAYING}.map((video) => video.src)")
    assert len(playing) == 1, playing
    return str(playing[0])


def move(page: Page, key: str) -> str:
    """Presses a key, and waits for another film to play."""
    before = read_current(page)
    page.keyboard.press(key)
    page.wait_for_function(
        f"(before) => {{ const all = {PLAYING}; return all.length === 1 && all[0].src !== before; }}", arg=before
    )
    return read_current(page)


def test_keys_go_from_film_to_film_and_one_plays_at_a_time(feed: Page) -> None:
    first = read_current(feed)
    second = move(feed, "ArrowDown")
    third = move(feed, "j")
    assert len({first, second, third}) == 3
    assert move(feed, "ArrowUp") == second
    assert move(feed, "Home") == first


def test_the_next_film_is_loaded_before_it_is_reached(feed: Page) -> None:
    feed.wait_for_function(f"() => {ELEMENTS}.some((video) => video.paused && video.readyState >= 3)")


def test_the_sound_stays_on_from_film_to_film(feed: Page) -> None:
    assert feed.evaluate(f"{PLAYING}[0].muted")
    feed.get_by_role("button", name="Turn the sound on").click()
    for _ in range(2):
        move(feed, "ArrowDown")
        assert not feed.evaluate(f"{PLAYING}[0].muted")


def test_a_click_pauses_and_the_space_bar_goes_on(feed: Page) -> None:
    feed.locator(".feed").click(position={"x": 300, "y": 300})
    feed.wait_for_function(f"() => {PLAYING}.length === 0")
    feed.keyboard.press("Space")
    feed.wait_for_function(f"() => {PLAYING}.length === 1")


def test_a_swipe_snaps_to_the_next_film_on_a_phone(open_page: OpenPage, three_films: list[str]) -> None:
    page = open_page("/explore", phone=True)
    page.wait_for_function(f"() => {PLAYING}.length === 1")
    first = read_current(page)
    page.evaluate(
        "document.querySelector('.feed').scrollBy({ top: document.querySelector('.feed').clientHeight * 0.7 })"
    )
    page.wait_for_function(f"(before) => {PLAYING}.some((video) => video.src !== before)", arg=first)
    page.wait_for_function(
        "() => { const feed = document.querySelector('.feed'); return feed.scrollTop % feed.clientHeight < 1; }"
    )
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_without_films_it_says_what_it_is_for(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> None:
    with run_lectern(tmp_path_factory.mktemp("empty-home")) as empty:
        page = browser.new_page(base_url=empty.url)
        page.goto("/explore")
        expect(page.get_by_text("Your films play here")).to_be_visible()
        expect(page.get_by_role("link", name="Make a video", exact=True)).to_be_visible()
        page.close()
