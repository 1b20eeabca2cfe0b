"""A shared film: whoever has the link watches it, and learns nothing else; a link that has ended says so kindly."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.conftest import OpenPage, Studio, Trouble
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow]


def test_a_link_is_made_shown_and_ended(
    open_page: OpenPage, finished_video: str, trouble: Trouble, check_accessibility: Callable[[Page], None]
) -> None:
    page = open_page(f"/videos/{finished_video}")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_role("textbox", name="Link until").input_value()
    assert finished_video not in address

    viewer = open_page(address)
    expect(viewer.locator(".sentence").first).to_be_visible()
    expect(viewer.get_by_role("navigation")).to_have_count(0)
    check_accessibility(viewer)
    viewer.get_by_role("button", name="Play the film").click()
    viewer.wait_for_function("() => document.querySelector('video').currentTime > 0.3")

    page.get_by_role("button", name="End the link").click()
    expect(page.get_by_text("That link has ended.")).to_be_visible()
    trouble.expected.append("410")
    viewer.goto(address)
    expect(viewer.get_by_role("heading", name="This link has ended")).to_have_count(2)
    check_accessibility(viewer)


def test_a_link_that_was_made_up_leads_to_a_kind_page(
    open_page: OpenPage, trouble: Trouble, check_accessibility: Callable[[Page], None]
) -> None:
    trouble.expected.append("404")
    page = open_page("/s/made-up", phone=True)
    expect(page.get_by_text("ask the person who sent it")).to_be_visible()
    check_accessibility(page)


def test_a_shared_film_fits_a_phone(studio: Studio, open_page: OpenPage, finished_video: str) -> None:
    url = studio.http.post(f"/v1/videos/{finished_video}/shares", json={}).json()["url"]
    page = open_page(url, phone=True)
    expect(page.locator(".sentence").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
