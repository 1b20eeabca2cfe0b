"""Every page of the studio: it shows, breaks no rule of accessibility, fits a phone, and asks nobody else for anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.conftest import OpenPage
from playwright.sync_api import Page, expect

PATHS = ["/", "/library", "/explore", "/settings", "/videos/{video}"]


@pytest.mark.parametrize(
    ("phone", "scheme"),
    [
        pytest.param(False, "light", id="desktop-light"),
        pytest.param(True, "dark", id="phone-dark"),
        pytest.param(False, "dark", id="desktop-dark", marks=pytest.mark.long),
        pytest.param(True, "light", id="phone-light", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_breaks_no_rule_of_accessibility(
    path: str,
    phone: bool,
    scheme: str,
    open_page: OpenPage,
    finished_video: str,
    check_accessibility: Callable[[Page], None],
) -> None:
    page = open_page(path.format(video=finished_video), phone=phone, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    check_accessibility(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0, "the page is wider than the window"
