"""The size of an uploaded image: read from its header, and bounded before anything decodes it."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.gateway.gateways import TestGateway
from unit.gateway.images import FORMS, make_image, make_png

from lectern.gateway.image_sizes import MAX_PIXELS, MAX_SIDE, read_image_size
from lectern.worker.testing import MemoryObjectStore


async def upload(http: httpx.AsyncClient, data: bytes, media_type: str = "image/png") -> httpx.Response:
    return await http.post("/v1/assets", content=data, headers={"Content-Type": media_type})


@pytest.mark.parametrize("form", FORMS)
def test_the_size_of_every_form_is_what_its_encoder_was_given(form: str) -> None:
    data, media_type = make_image(form, 320, 47)
    assert read_image_size(data, media_type) == (320, 47)


@pytest.mark.parametrize("form", FORMS)
def test_a_header_that_is_cut_states_no_size_or_the_right_one(form: str) -> None:
    data, media_type = make_image(form, 320, 47)
    for end in range(min(len(data), 1000)):
        assert read_image_size(data[:end], media_type) in (None, (320, 47))
    assert read_image_size(data[:15], media_type) is None


@given(st.binary(max_size=200), st.sampled_from(["image/png", "image/jpeg", "image/webp"]))
def test_no_bytes_are_more_than_a_size_or_none(data: bytes, media_type: str) -> None:
    size = read_image_size(data, media_type)
    assert size is None or (size.width > 0 and size.height > 0)


@pytest.mark.parametrize("form", FORMS)
async def test_images_of_real_encoders_are_accepted(http: httpx.AsyncClient, form: str) -> None:
    answer = await upload(http, *make_image(form, 40, 30))
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [(MAX_SIDE + 1, 1, "16385 × 1"), (10_000, MAX_PIXELS // 10_000 + 1, "50 megapixels"), (2**31, 2**31, "2147483648")],
)
async def test_an_image_that_would_unpack_to_more_than_a_scene_can_hold_is_refused(
    gateway: TestGateway, width: int, height: int, words: str
) -> None:
    answer = await upload(gateway.http, make_png(width, height))
    assert (answer.status_code, answer.json()["code"]) == (422, "image-unusable")
    assert words in answer.json()["detail"]
    store = gateway.deps.connections.store
    assert isinstance(store, MemoryObjectStore)
    assert await store.list_keys("assets/") == []


async def test_the_largest_image_is_accepted(http: httpx.AsyncClient) -> None:
    assert (await upload(http, make_png(10_000, MAX_PIXELS // 10_000))).status_code == 201


@pytest.mark.parametrize("data", [make_png()[:20], make_png(0, 5), b"\x89PNG\r\n\x1a\n" + bytes(100)])
async def test_an_image_without_a_whole_header_is_refused(http: httpx.AsyncClient, data: bytes) -> None:
    answer = await upload(http, data)
    assert (answer.status_code, answer.json()["code"]) == (422, "image-unusable")
    assert "header" in answer.json()["detail"]
