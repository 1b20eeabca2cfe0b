"""The studio's built files, as `make studio` left them in this package: what to send, and in which encoding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec

PAGE = "index.html"
_SUFFIXES = {"br": ".br", "gzip": ".gz"}  # the best first


class _ListedFile(msgspec.Struct, frozen=True):
    type: str
    bytes: int
    encodings: list[str]


class _Manifest(msgspec.Struct, frozen=True):
    digest: str
    files: dict[str, _ListedFile]


@dataclass(frozen=True, kw_only=True)
class StudioFile:
    """A file of the studio. `contents` are its bytes by content coding; "identity" is always there."""

    media_type: str
    etag: str
    contents: Mapping[str, bytes]

    def choose(self, accept_encoding: str) -> tuple[str, bytes]:
        """The smallest coding that the client accepts, and the bytes in it."""
        accepted = parse_codings(accept_encoding)
        coding = next((each for each in _SUFFIXES if each in self.contents and each in accepted), "identity")
        return coding, self.contents[coding]


def parse_codings(header: str) -> frozenset[str]:
    """The content codings that an Accept-Encoding names and does not refuse with `q=0` (RFC 9110 section 12.5.3)."""
    accepted: dict[str, bool] = {}
    for each in header.lower().split(","):
        name, _, parameters = each.strip().partition(";")
        quality = parameters.replace(" ", "").partition("q=")[2]
        accepted[name.strip()] = quality.rstrip("0") not in ("0.", "0", "") if quality else True
    names = set(_SUFFIXES) if accepted.get("*") else set()
    return frozenset({name for name in names | accepted.keys() if accepted.get(name, True)})


def load_studio() -> Mapping[str, StudioFile]:
    """Every built file by its name, read once. Raises OSError for an installation without them."""
    folder = files("lectern.gateway") / "studio"
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=_Manifest)
    found = {}
    for name, listed in manifest.files.items():
        contents = {"identity": (folder / name).read_bytes()}
        for coding, suffix in _SUFFIXES.items():
            if suffix[1:] in listed.encodings:
                contents[coding] = (folder / f"{name}{suffix}").read_bytes()
        digest = hashlib.sha256(contents["identity"]).hexdigest()
        found[name] = StudioFile(media_type=listed.type, etag=digest[:20], contents=contents)
    return found
