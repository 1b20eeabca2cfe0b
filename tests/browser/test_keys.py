"""A Lectern that asks for keys: signing in, losing the key, and films shared with people who have none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.conftest import OpenPage, Studio, Trouble, run_lectern
from browser.playing import expect_playing
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A Lectern that requires keys, and whose API is asked with one."""
    settings = {"LECTERN_REQUIRE_KEYS": "1"}
    with run_lectern(tmp_path_factory.mktemp("keyed-home"), settings=settings) as running:
        _, key = running.create_key("operator")
        running.http.headers["Authorization"] = f"Bearer {key}"
        yield running


def sign_in(page: Page, key: str) -> None:
    """Answers the question for a key."""
    asked = page.get_by_role("dialog", name="Sign in with your key")
    asked.get_by_label("Key", exact=True).fill(key)
    asked.get_by_role("button", name="Sign in").click()
    expect(asked).to_have_count(0)


def test_a_page_asks_for_a_key_once_and_keeps_it_from_scripts(
    keyed: Studio, open_page: OpenPage, trouble: Trouble
) -> None:
    trouble.expected = ["401"]
    _, key = keyed.create_key("browser")
    page = open_page("/library", of=keyed)
    asked = page.get_by_role("dialog", name="Sign in with your key")
    asked.get_by_label("Key", exact=True).fill("lk_madeup_madeup")
    asked.get_by_role("button", name="Sign in").click()
    expect(asked.get_by_role("alert")).to_be_visible()
    sign_in(page, key)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Library")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    stored = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie + location.href")
    assert key not in stored
    assert "session" not in page.evaluate("document.cookie")


def test_a_revoked_key_is_asked_for_again_and_nothing_typed_is_lost(
    keyed: Studio, open_page: OpenPage, trouble: Trouble
) -> None:
    trouble.expected = ["401"]
    key_id, key = keyed.create_key("to be revoked")
    _, other = keyed.create_key("its successor")
    page = open_page("/", of=keyed)
    sign_in(page, key)
    with page.expect_response("**/v1/videos/estimate"):  # later it would be refused itself, and ask for a key
        page.get_by_role("textbox", name="Topic").fill("What is a derivative?")
    keyed.revoke_key(key_id)
    keyed.wait_until_refused(key)
    page.get_by_role("button", name="Make video").click()
    sign_in(page, other)
    page.wait_for_url("**/videos/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is a derivative?")
    page.get_by_role("region", name="Progress").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This video was cancelled")).to_be_visible()


def test_a_shared_film_plays_for_somebody_without_a_key(keyed: Studio, open_page: OpenPage, trouble: Trouble) -> None:
    video = keyed.make_video()
    share = keyed.http.post(f"/v1/videos/{video}/shares", json={"expires_in": 3600}).json()
    page = open_page(share["url"], of=keyed)
    expect(page.get_by_role("heading", level=1)).to_have_text("Why are there tides?")
    film = page.locator("video")
    film.evaluate("video => void video.play()")
    expect_playing(page, film)
    expect(page.get_by_role("dialog")).to_have_count(0)
    trouble.expected = ["410"]
    keyed.http.delete(f"/v1/videos/{video}/shares/{share['id']}")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
