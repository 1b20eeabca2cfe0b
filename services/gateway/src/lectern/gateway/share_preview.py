"""What the head of a shared film's page says of it, for programs that show a picture beside a link."""

from __future__ import annotations

from html import escape

from starlette.datastructures import URL

from lectern.gateway.schemas import SharedVideo

_TITLE = "<title>Lectern</title>"
_PLAYERS = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720)}


def format_preview(video: SharedVideo, base: URL) -> str:
    """Format a title and Open Graph properties (https://ogp.me), which want addresses in full.

    The title is a user's or a model's text: all of it is escaped.
    """
    urls = {output.kind: f"{str(base).rstrip('/')}{output.url}" for output in video.outputs}
    width, height = _PLAYERS.get(video.aspect, _PLAYERS["16:9"])
    properties = {
        "og:site_name": "Lectern",
        "og:type": "video.other",
        "og:title": video.title,
        "og:image": urls.get("thumbnail", ""),
        "og:image:alt": video.title,
        "og:video": urls.get("video", ""),
        "og:video:type": "video/mp4",
        "og:video:width": str(width),
        "og:video:height": str(height),
        "video:duration": str(round(video.seconds)),
    }
    tags = [f'<meta property="{name}" content="{escape(value)}" />' for name, value in properties.items() if value]
    cards = {"twitter:card": "summary_large_image", "twitter:title": video.title, "robots": "noindex"}
    tags += [f'<meta name="{name}" content="{escape(value)}" />' for name, value in cards.items()]
    return "\n    ".join([f"<title>{escape(video.title)} · Lectern</title>", *tags])


def insert_head(page: bytes, head: str) -> bytes:
    """The page with a head of its own; as it is for an empty one."""
    return page.replace(_TITLE.encode(), head.encode(), 1) if head else page
