"""The studio's pages and files: who gets what, in which encoding, for how long, under which policy."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
import studio_inputs
from unit.gateway.gateways import TestGateway, gateway_in_process

from lectern.contracts.script import VISUAL_KINDS
from lectern.gateway.studio_files import PAGE, load_studio, parse_codings
from lectern.theme import OTHER_NAMES, THEMES, find_palette
from lectern.worker import Connections

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "studio"
BUILT = Path(str(files("lectern.gateway") / "studio"))
MANIFEST = json.loads((BUILT / "manifest.json").read_text())
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip"}
PATHS = ["/", "/library", "/explore", "/settings", "/videos/0197", "/videos/0197/edit"]


def digest_sources() -> str:
    """As `digestSources` in studio/build.mjs: names and contents of what the build is made from, types left out."""
    names = ["build.mjs", "package-lock.json", "package.json", "tsconfig.json"]
    names += [path.relative_to(SOURCES).as_posix() for path in (SOURCES / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for name in sorted(name for name in names if not name.endswith(".d.ts")):
        digest.update(f"{name}\0".encode() + (SOURCES / name).read_bytes() + b"\0")
    return digest.hexdigest()


def test_the_built_studio_is_that_of_its_sources() -> None:
    assert MANIFEST["digest"] == digest_sources(), "the studio's sources have changed: run `make studio`, commit both"


def test_every_visual_has_a_form() -> None:
    forms = (SOURCES / "src" / "pages" / "video" / "script" / "visual-forms.ts").read_text()
    assert set(re.findall(r'^    kind: "(\w+)"', forms, re.MULTILINE)) == VISUAL_KINDS.keys()


def test_the_types_of_the_api_are_those_of_the_api() -> None:
    sealed = studio_inputs.TYPES.read_text().partition("\n")[0]
    expected = studio_inputs.SEAL.format(digest=studio_inputs.digest_types(studio_inputs.build_openapi())).strip()
    assert sealed == expected, "the API has changed: run `make studio`, commit what it writes"


def test_a_better_sentence_changes_no_type_and_a_field_of_that_name_does() -> None:
    schema = {"properties": {"title": {"type": "string", "description": "a name"}}}
    reworded = {"properties": {"title": {"type": "string", "description": "its name"}}}
    renamed = {"properties": {"summary": {"type": "string", "description": "a name"}}}
    assert studio_inputs.digest_types(schema) == studio_inputs.digest_types(reworded)
    assert studio_inputs.digest_types(schema) != studio_inputs.digest_types(renamed)


def test_every_built_file_is_listed_and_its_compressed_forms_are_the_same_file() -> None:
    listed = {"manifest.json"}
    for name, entry in MANIFEST["files"].items():
        content = (BUILT / name).read_bytes()
        assert len(content) == entry["bytes"]
        listed |= {name, *(f"{name}.{suffix}" for suffix in entry["encodings"])}
        if "gz" in entry["encodings"]:
            assert gzip.decompress((BUILT / f"{name}.gz").read_bytes()) == content
    assert {path.name for path in BUILT.iterdir()} == listed


def test_the_lockfile_names_no_registry() -> None:
    packages = json.loads((SOURCES / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_versions_are_pinned() -> None:
    described = json.loads((SOURCES / "package.json").read_text())
    versions = [*described["dependencies"].values(), *described["devDependencies"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize("path", PATHS)
async def test_a_browser_gets_the_same_document_for_every_page(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-cache"
    assert '<div id="studio">' in answer.text


async def test_a_program_gets_links_from_the_root(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    assert answer.json()["links"]["videos"] == "/v1/videos"
    assert answer.headers["vary"] == "Accept"


async def test_what_the_page_loads_is_there_and_may_be_kept_for_ever(http: httpx.AsyncClient) -> None:
    page = (await http.get("/", headers=BROWSER)).text
    named = re.findall(r'(?:src|href)="(/studio/[^"]+)"', page)
    assert len(named) >= 4
    for path in named:
        answer = await http.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_pages_load_nothing_from_elsewhere_and_run_no_inline_code(http: httpx.AsyncClient) -> None:
    page = await http.get("/", headers=BROWSER)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r"<script(?![^>]*src=)|style=|<style|\son\w+=", page.text)
    texts = [path.read_text() for path in BUILT.glob("*.css")]
    assert not [found for text in texts for found in re.findall(r"url\([\"']?(?!/studio/|data:)[^\"'][^)]*\)", text)]


async def test_the_policy_names_the_store_where_media_are_redirected_to_it(connections: Connections) -> None:
    settings = {"media_redirect": True, "s3_endpoint": "https://store.example:8443/base"}
    async with gateway_in_process(connections, **settings) as gateway:
        policy = (await gateway.http.get("/library", headers=BROWSER)).headers["content-security-policy"]
    assert "media-src 'self' blob: https://store.example:8443;" in policy
    assert "script-src 'self';" in policy


async def test_files_are_sent_in_the_best_encoding_that_is_accepted(gateway: TestGateway) -> None:
    name = next(name for name in MANIFEST["files"] if name.startswith("studio-"))
    whole = (BUILT / name).read_bytes()
    tags = set()
    for accepted, coding in (("br, gzip", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip"), ("", None)):
        answer = await gateway.http.get(f"/studio/{name}", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == coding, accepted
        assert int(answer.headers["content-length"]) <= len(whole)
        if coding != "br":  # the tests' client reads it only where the package brotli is installed
            assert answer.content == whole
        assert answer.headers["vary"] == "Accept-Encoding"
        tags.add(answer.headers["etag"])
    assert len(tags) == 3


async def test_a_page_that_has_not_changed_is_not_sent_again(http: httpx.AsyncClient) -> None:
    first = await http.get("/library", headers=BROWSER)
    again = await http.get("/library", headers={**BROWSER, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    head = await http.head("/library", headers=BROWSER)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("name", ["nope.js", "index.html", "manifest.json", "..%2f__init__.py", "%2e%2e%2fapp.py"])
async def test_only_files_of_the_build_are_served(http: httpx.AsyncClient, name: str) -> None:
    answer = await http.get(f"/studio/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-route")


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", set()),
        ("gzip, br;q=0.5", {"gzip", "br"}),
        ("br;q=0, *", {"gzip"}),
        ("BR ; q=0.001", {"br"}),
        ("gzip;q=0.000", set()),
    ],
)
def test_codings_with_quality_zero_are_refused(header: str, accepted: set[str]) -> None:
    assert parse_codings(header) & {"gzip", "br"} == accepted - {"*"}


def test_the_first_view_is_light() -> None:
    studio = load_studio()
    page = studio[PAGE].contents["identity"].decode()
    named = {name for name in studio if f"/studio/{name}" in page} | {PAGE}
    assert sum(min(map(len, studio[name].contents.values())) for name in named) < 100_000


def test_the_preview_is_drawn_in_the_colours_of_the_themes() -> None:
    drawn = json.loads((SOURCES / "src/design/themes.json").read_text())
    assert drawn == {name: dataclasses.asdict(find_palette(name)) for name in (*OTHER_NAMES, *THEMES)}, (
        "run `make studio`"
    )
