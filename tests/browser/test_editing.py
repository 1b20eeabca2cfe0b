"""Changing a film in the browser: its words, its code, its takes; and two people changing the same."""

from __future__ import annotations

from typing import Any

import pytest
from api_client import TIDES
from browser.conftest import OpenPage, Studio, Trouble
from browser.playing import expect_playing
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


def read_scenes(studio: Studio, video: str) -> list[dict[str, Any]]:
    """The scenes of a video as the API tells them."""
    return list(studio.http.get(f"/v1/videos/{video}").json()["scenes"])


@pytest.fixture(scope="module")
def retaken_video(studio: Studio) -> str:
    """A finished video whose second scene has two takes."""
    video = studio.make_video()
    words = {"narration": ["A second bulge is on the far side.", "There the pull is weakest."]}
    wait = {"Prefer": "wait=60"}
    answer = studio.http.post(f"/v1/videos/{video}/scenes/2/redo", json=words, headers=wait, timeout=90)
    assert answer.json()["status"] == "completed", answer.text
    return video


def test_an_edited_sentence_remakes_its_scene_and_no_other(studio: Studio, open_page: OpenPage) -> None:
    video = studio.make_video()
    before = read_scenes(studio, video)
    page = open_page(f"/videos/{video}/script")
    page.get_by_label("Sentence 1 of scene 2", exact=True).fill("Water bulges on the far side, too.")
    saving = page.get_by_role("region", name="Saving")
    expect(saving).to_contain_text("Saving makes scene 2 again")
    saving.get_by_role("button", name="Save and remake").click()
    expect(page.get_by_text("Saved. Making scene 2 again.")).to_be_visible()
    expect(saving).to_have_count(0)
    expect(page.get_by_text("Revision 2")).to_be_visible()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    after = read_scenes(studio, video)
    assert after[0]["take"] == before[0]["take"]
    assert after[1]["take"] > before[1]["take"]


def test_takes_play_in_step_and_an_earlier_one_is_put_back(
    studio: Studio, open_page: OpenPage, retaken_video: str
) -> None:
    page = open_page(f"/videos/{retaken_video}/scenes/2/takes")
    sides = page.get_by_role("region", name="Two takes side by side").locator("video")
    expect(sides).to_have_count(2)
    sides.first.evaluate("video => void video.play()")
    expect_playing(page, sides.nth(0))
    expect_playing(page, sides.nth(1))
    apart = "([a, b]) => Math.abs(a.currentTime - b.currentTime) < 0.3 || a.ended || b.ended"
    page.wait_for_function(apart, arg=[side.element_handle() for side in sides.all()])
    before = read_scenes(studio, retaken_video)[1]["take"]
    page.get_by_role("button", name="Use this take").click()
    expect(page.get_by_text("is in the film again")).to_be_visible()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    assert read_scenes(studio, retaken_video)[1]["take"] != before


def open_script_for_review(studio: Studio, open_page: OpenPage) -> tuple[str, Page]:
    """The script of a video that waits for approval."""
    video = studio.create_video(document={"markdown": TIDES}, options={"review": True})
    studio.wait_until(video, "awaiting_approval")
    page = open_page(f"/videos/{video}/script")
    expect(page.get_by_label("Sentence 1 of scene 1", exact=True)).to_be_visible()
    return video, page


def test_nothing_is_made_until_the_script_is_approved(studio: Studio, open_page: OpenPage) -> None:
    video, page = open_script_for_review(studio, open_page)
    saving = page.get_by_role("region", name="Saving")
    expect(saving).to_contain_text("nothing is paid for, until you approve")
    assert all(scene["status"] == "waiting" for scene in read_scenes(studio, video))
    page.get_by_label("Sentence 2 of scene 1", exact=True).fill("Water heaps up below the Moon.")
    saving.get_by_role("button", name="Save and approve").click()
    page.wait_for_url("**/making")
    expect(page.get_by_text("Water heaps up below the Moon.")).to_be_visible()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()


def test_an_edit_of_what_somebody_else_has_changed_is_told_and_loses_nothing(
    studio: Studio, open_page: OpenPage, trouble: Trouble
) -> None:
    trouble.expected = ["412"]
    video, page = open_script_for_review(studio, open_page)
    other = open_page(f"/videos/{video}/script")  # another person's browser
    first, second = "Sentence 1 of scene 1", "Sentence 1 of scene 2"
    page.get_by_label(first, exact=True).fill("The Moon pulls at the sea.")
    page.get_by_label(second, exact=True).fill("My second bulge.")
    other.get_by_label(first, exact=True).fill("It is the Moon that pulls.")
    other.get_by_role("button", name="Save", exact=True).click()
    told = page.get_by_role("dialog", name="The script was changed elsewhere meanwhile")
    expect(told).to_contain_text("The Moon pulls at the sea.")
    expect(told).to_contain_text("It is the Moon that pulls.")
    told.locator("label", has_text="Theirs").click()
    told.get_by_role("button", name="Put them together").click()
    expect(page.get_by_label(first, exact=True)).to_have_value("It is the Moon that pulls.")
    expect(page.get_by_label(second, exact=True)).to_have_value("My second bulge.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(other.get_by_label(second, exact=True)).to_have_value("My second bulge.")
