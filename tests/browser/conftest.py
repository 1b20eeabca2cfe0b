"""A running Lectern, a real Chromium, and pages that tell everything that goes wrong in them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from api_client import TIDES
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

# As root Chromium has no sandbox of its own; the pages are ours. The rest keeps it from asking the network for anything.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE = 120_000  # milliseconds: a scene takes seconds on a quiet machine, and this one may not be
DESKTOP, PHONE = (1280, 800), (360, 740)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Studio:
    """A running Lectern with its studio, and its API as a program uses it."""

    def __init__(self, url: str, http: httpx.Client, home: Path, process: int) -> None:
        self.url = url
        self.http = http
        self.home = home
        self._process = process

    def kill_gateway(self) -> None:
        """Ends the gateway of a Lectern in separate processes as a crash would; its runner starts another."""
        children = Path(f"/proc/{self._process}/task/{self._process}/children").read_text().split()
        gateways = [each for each in children if b"lectern.gateway" in Path(f"/proc/{each}/cmdline").read_bytes()]
        assert len(gateways) == 1, children
        os.kill(int(gateways[0]), signal.SIGKILL)

    def create_key(self, *arguments: str) -> tuple[str, str]:
        """A key of a Lectern that requires them, as its operator makes one; returns its id and itself."""
        made = json.loads(self._run_keys("create", "--json", *arguments))
        return str(made["id"]), str(made["key"])

    def revoke_key(self, key_id: str) -> None:
        """Ends a key."""
        self._run_keys("revoke", key_id)

    def wait_until_refused(self, key: str) -> None:
        """Returns when the API has heard that a key has ended."""
        deadline = time.monotonic() + PATIENCE / 1000
        while self.http.get("/v1/videos", headers={"Authorization": f"Bearer {key}"}).status_code != 401:
            assert time.monotonic() < deadline, "a revoked key is still accepted"
            time.sleep(0.05)

    def _run_keys(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "lectern.cli", "keys", *arguments, "--home", str(self.home)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def create_video(self, **body: object) -> str:
        """Requests a video at draft quality; returns its id."""
        options = {"quality": "draft", **body.pop("options", {})}  # type: ignore[dict-item]
        source = {} if "topic" in body else {"document": {"markdown": TIDES}}
        answer = self.http.post("/v1/videos", json={**source, **body, "options": options})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def wait_until(self, video: str, status: str) -> dict[str, object]:
        """Follows a video until it has a status."""
        shown: dict[str, object] = {}
        with self.http.stream("GET", f"/v1/videos/{video}/events?after=0") as stream:
            for line in stream.iter_lines():
                if line.startswith("data:") and "video" in (data := json.loads(line[5:])):
                    shown = data["video"]
                    if shown["status"] in (status, "failed"):
                        break
        return dict(self.http.get(f"/v1/videos/{video}").json())

    def make_video(self, **body: object) -> str:
        """A finished video's id."""
        video = self.create_video(**body)
        shown = self.wait_until(video, "completed")
        assert shown["status"] == "completed", shown
        return video


@contextmanager
def run_lectern(home: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> Iterator[Studio]:
    """`lectern up` on a free port while the context lasts."""
    command = [sys.executable, "-m", "lectern.cli", "up", "--json", "--home", str(home), "--port", "0", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **(settings or {})}
    )
    try:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("{") and (ready := json.loads(line)).get("type") == "ready":
                with httpx.Client(base_url=ready["url"], timeout=60) as http:
                    yield Studio(ready["url"], http, home, process.pid)
                break
        else:
            raise AssertionError("Lectern did not start")
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One running Lectern for all tests of a process."""
    with run_lectern(tmp_path_factory.mktemp("studio-home")) as running:
        yield running


@pytest.fixture(scope="session")
def finished_video(studio: Studio) -> str:
    """The id of a finished video that no test changes."""
    return studio.make_video()


# Not for the session: while it runs, its event loop does, and no asynchronous test can run in the same process.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium from the system, with the codecs that people's browsers have."""
    expect.set_options(timeout=PATIENCE)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "no Chromium: run scripts/setup browser"
    launched = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
    yield launched
    launched.close()


OpenPage = Callable[..., Page]


class Trouble:
    """What went wrong in a page without anybody looking: exceptions, errors in the console, requests to elsewhere."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []

    def watch(self, page: Page, own_url: str) -> None:
        """Listens to a page of a studio from now on."""
        page.on("pageerror", lambda error: self.found.append(f"exception: {error}"))
        page.on("console", lambda said: self.found.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("request", lambda asked: self._check(asked.url, own_url))

    def _check(self, url: str, own_url: str) -> None:
        if not url.startswith((own_url, "data:", "blob:")):
            self.found.append(f"a request to elsewhere: {url}")

    def unexpected(self) -> list[str]:
        """What was found besides what a test said it expects."""
        return [each for each in self.found if not any(word in each for word in self.expected)]


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    """Fails a test in whose pages something went wrong. A test lists parts of messages that it provokes in `expected`."""
    watched = Trouble()
    yield watched
    assert watched.unexpected() == []


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, trouble: Trouble) -> Iterator[OpenPage]:
    """Opens a path of a studio (the common one by default) in a browser of its own, or in another tab `beside` a page."""
    with ExitStack() as contexts:

        def open_(
            path: str = "/",
            *,
            phone: bool = False,
            scheme: str = "light",
            beside: Page | None = None,
            of: Studio | None = None,
        ) -> Page:
            running: Studio = of or request.getfixturevalue("studio")
            width, height = PHONE if phone else DESKTOP
            context: BrowserContext
            if beside is not None:
                context = beside.context
            else:
                context = browser.new_context(
                    base_url=running.url,
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,  # type: ignore[arg-type]
                    has_touch=phone,
                    is_mobile=phone,
                    reduced_motion="reduce",
                )
                contexts.callback(context.close)
                context.set_default_timeout(PATIENCE)
            page = context.new_page()
            trouble.watch(page, running.url)
            page.goto(path)
            return page

        yield open_


@pytest.fixture(scope="session")
def check_accessibility() -> Callable[[Page], None]:
    """Asserts that axe finds nothing against WCAG 2.2 AA, or its own best practices, in a page as it is now."""
    axe = Axe()

    def check(page: Page) -> None:
        results = axe.run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}})
        found = [
            f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes'][:4]]}"
            for each in results.response["violations"]
        ]
        assert found == [], page.url

    return check
