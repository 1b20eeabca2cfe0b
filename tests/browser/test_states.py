"""The states of pages besides their common one: nothing in them breaks a rule of accessibility or leaves the window."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest
from api_client import BROKEN, SPINNING, TIDES
from browser.conftest import OpenPage, Studio, Trouble, run_lectern
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.slow

Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def empty_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A Lectern that has never made anything, and asks for keys."""
    with run_lectern(tmp_path_factory.mktemp("empty-home"), settings={"LECTERN_REQUIRE_KEYS": "1"}) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[str]:
    """The address of a server that accepts every webhook."""

    class Accepting(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accepting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def check_both(page: Page, check: Check, shown: Locator) -> None:
    """Checks a page's state on a desktop and at a phone's width."""
    for width, height in ((1280, 800), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        expect(shown).to_be_visible()
        check(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, f"wider than {width} pixels"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_with_all_options_and_with_an_error(
    open_page: OpenPage, check_accessibility: Check, trouble: Trouble, scheme: str
) -> None:
    trouble.expected = ["422"]
    page = open_page("/", scheme=scheme)
    page.get_by_text("Voice, length and more").click()
    page.get_by_text("A lesson", exact=True).click()
    page.get_by_label("Lesson in Markdown").fill(TIDES)
    page.get_by_label("Spend at most").fill("lots")
    page.get_by_role("button", name="Make video").click()
    check_both(page, check_accessibility, page.get_by_text("send a valid number"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_video_in_the_making(studio: Studio, open_page: OpenPage, check_accessibility: Check, scheme: str) -> None:
    video = studio.create_video(document={"markdown": SPINNING.replace("TAU", f"{len(scheme)} * TAU")})
    page = open_page(f"/videos/{video}", scheme=scheme)
    expect(page.get_by_role("list", name="Scenes").get_by_role("button")).to_have_count(2)
    check_accessibility(page)
    page.get_by_role("region", name="Progress").get_by_role("button", name="Cancel").click()
    check_both(page, check_accessibility, page.get_by_text("This video was cancelled"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_failed_video(studio: Studio, open_page: OpenPage, check_accessibility: Check, scheme: str) -> None:
    video = studio.create_video(topic="The lost books of Livy")
    page = open_page(f"/videos/{video}", scheme=scheme)
    check_both(page, check_accessibility, page.get_by_role("alert"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_video_that_waits_for_approval_and_its_script(
    studio: Studio, open_page: OpenPage, check_accessibility: Check, scheme: str
) -> None:
    video = studio.create_video(document={"markdown": TIDES}, options={"review": True})
    studio.wait_until(video, "awaiting_approval")
    page = open_page(f"/videos/{video}", scheme=scheme)
    check_both(page, check_accessibility, page.get_by_role("link", name="Read and approve"))
    page.goto(f"/videos/{video}/script")
    page.get_by_label("Sentence 1 of scene 1", exact=True).fill("")
    page.get_by_text("Pronunciations and sources").click()
    check_both(page, check_accessibility, page.get_by_role("region", name="Saving"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scenes_of_a_finished_video_their_code_and_takes(
    open_page: OpenPage, check_accessibility: Check, degraded_video: str, scheme: str
) -> None:
    page = open_page(f"/videos/{degraded_video}/making", scheme=scheme)
    check_both(page, check_accessibility, page.get_by_text("This scene shows a simple card"))
    page.get_by_role("button", name="Redo", exact=True).click()
    dialog = page.get_by_role("dialog", name="Redo scene 1")
    dialog.get_by_role("switch").check()
    check_both(page, check_accessibility, dialog)
    page.goto(f"/videos/{degraded_video}/scenes/1/code")
    check_both(page, check_accessibility, page.get_by_role("list", name="Findings"))
    page.goto(f"/videos/{degraded_video}/scenes/1/takes")
    check_both(page, check_accessibility, page.get_by_role("list", name="Takes"))


@pytest.fixture(scope="module")
def degraded_video(studio: Studio) -> str:
    """A finished video, one of whose scenes shows a card because its own code is wrong."""
    return studio.make_video(document={"markdown": BROKEN})


def test_the_library_with_a_menu_a_question_and_nothing_found(
    open_page: OpenPage, check_accessibility: Check, finished_video: str
) -> None:
    page = open_page("/library")
    page.get_by_role("button", name="Actions for Why are there tides?").first.click()
    check_accessibility(page)
    page.get_by_role("menuitem", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete this video?")
    check_both(page, check_accessibility, dialog)
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").fill("xylophone")
    check_both(page, check_accessibility, page.get_by_text("Nothing fits"))
    assert finished_video


def test_a_studio_without_videos_asks_for_a_key_and_teaches(
    empty_studio: Studio, open_page: OpenPage, check_accessibility: Check, trouble: Trouble
) -> None:
    trouble.expected = ["401"]
    _, key = empty_studio.create_key("first", "--scope", "read", "--scope", "write", "--scope", "admin")
    page = open_page("/library", of=empty_studio)
    dialog = page.get_by_role("dialog", name="Sign in with your key")
    check_both(page, check_accessibility, dialog)
    dialog.get_by_label("Key", exact=True).fill(key)
    dialog.get_by_role("button", name="Sign in").click()
    check_both(page, check_accessibility, page.get_by_text("Your videos will be here"))
    page.goto("/explore")
    check_both(page, check_accessibility, page.get_by_role("heading", level=1))


def test_settings_with_keys_and_webhooks(
    studio: Studio, open_page: OpenPage, check_accessibility: Check, receiver: str
) -> None:
    page = open_page("/settings")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog", name="New key")
    dialog.get_by_label("Name").fill("Biology course")
    check_both(page, check_accessibility, dialog)
    dialog.get_by_role("button", name="Create key").click()
    secret = page.get_by_role("dialog", name="Your key “Biology course”")
    check_both(page, check_accessibility, secret)
    secret.get_by_role("button", name="I have kept it").click()
    page.get_by_role("button", name="Add webhook").click()
    dialog = page.get_by_role("dialog", name="Add webhook")
    check_both(page, check_accessibility, dialog)
    dialog.get_by_label("Address").fill(receiver)
    dialog.get_by_role("button", name="Add webhook").click()
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("button", name=f"Actions for {receiver}").click()
    page.get_by_role("menuitem", name="Send a test").click()
    deliveries = page.get_by_role("dialog", name="Deliveries")
    expect(deliveries.get_by_text("delivered")).to_be_visible()
    deliveries.locator("summary").click()
    check_both(page, check_accessibility, deliveries)
    page.keyboard.press("Escape")
    check_both(page, check_accessibility, page.get_by_text("Biology course"))


def test_addresses_that_lead_nowhere(open_page: OpenPage, check_accessibility: Check, trouble: Trouble) -> None:
    trouble.expected = ["404"]
    for path, words in (
        ("/videos/01890a5d-ac96-774b-bcce-b302099a8057", "There is no such video"),
        ("/s/made-up", ""),
    ):
        page = open_page(path)
        shown = page.get_by_role("heading", name=words) if words else page.get_by_role("heading", level=1)
        check_both(page, check_accessibility, shown.first)
