"""What it means that a film plays: pictures and sound were decoded, and time passes."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

DECODED = """video => ({
    time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames,
    sound: video.webkitAudioDecodedByteCount, error: video.error && video.error.message,
})"""


def expect_playing(page: Page, film: Locator) -> None:
    """Waits until a film has played for more than a moment, with pictures and sound decoded."""
    expect(film).to_have_count(1)
    page.wait_for_function(
        "video => video.error || (video.currentTime > 0.5 && video.getVideoPlaybackQuality().totalVideoFrames > 5)",
        arg=film.element_handle(),
    )
    decoded = film.evaluate(DECODED)
    assert not decoded["error"], decoded
    assert decoded["sound"] > 0, decoded
    pictures = film.evaluate("video => [video.videoWidth, video.videoHeight]")
    assert min(pictures) > 0, pictures
