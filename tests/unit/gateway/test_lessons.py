"""The lessons that come with Lectern, as the API offers them."""

from __future__ import annotations

import httpx

from lectern.lessons import load_lessons


async def test_every_bundled_lesson_is_listed_and_can_be_read(http: httpx.AsyncClient) -> None:
    listed = (await http.get("/v1/lessons")).json()["data"]
    assert [entry["title"] for entry in listed] == [lesson.title for lesson in load_lessons()]
    for entry in listed:
        text = await http.get(f"/v1/lessons/{entry['name']}")
        assert text.headers["content-type"] == "text/markdown; charset=utf-8"
        assert entry["title"] in text.text


async def test_a_listed_title_is_a_topic_and_its_markdown_a_document(http: httpx.AsyncClient) -> None:
    entry = (await http.get("/v1/lessons")).json()["data"][0]
    text = (await http.get(f"/v1/lessons/{entry['name']}")).text
    assert (await http.post("/v1/videos", json={"topic": entry["title"]})).status_code == 202
    assert (await http.post("/v1/videos", json={"document": {"markdown": text}})).status_code == 202


async def test_an_unknown_lesson_is_refused_with_the_known_ones(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/lessons/nope")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-lesson")
    assert "photosynthesis" in answer.json()["remedy"]
