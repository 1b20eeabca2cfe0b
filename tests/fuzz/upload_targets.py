"""What users upload or keep in a folder: images, tracks, brands, and lessons with files beside them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fuzz.target import Target, split_words
from lectern.cli.brand import read_brand
from lectern.cli.document import read_document
from lectern.cli.exit_status import CommandExit
from lectern.gateway.image_sizes import read_image_size
from lectern.gateway.media_types import AUDIO_TYPES, IMAGE_TYPES, detect_media_type, normalize_media_type

_BETWEEN_FILES = b"\n====\n"
MOST_FILES = 12


def check_upload(data: bytes) -> None:
    """An upload has one kind, by its bytes, or none; an image has a size or is refused."""
    kind = detect_media_type(data)
    assert kind is None or kind in (*IMAGE_TYPES, *AUDIO_TYPES)
    if kind:
        assert normalize_media_type(kind) == kind
    for image in IMAGE_TYPES:
        size = read_image_size(data, image)
        assert size is None or (0 < size.width < 2**32 and 0 < size.height < 2**32)


def check_brand(data: bytes) -> None:
    """A brand's file is read or refused with its remedy."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "brand.toml")
        file.write_bytes(data)
        Path(folder, "logo.png").write_bytes(b"")
        try:
            brand = read_brand(file)
        except CommandExit as refused:
            _expect_words(refused)
            return
        assert all(isinstance(each, str) for each in (brand.font, *brand.colours.values()))


def check_folder(data: bytes) -> None:
    """Of a lesson's folder nothing is sent that is not in it, whatever its files are called and link to."""
    lesson, *names = data.split(_BETWEEN_FILES)[:MOST_FILES]
    with tempfile.TemporaryDirectory() as outer:
        outside, folder = Path(outer, "secret.png"), Path(outer, "lesson")
        outside.write_bytes(b"secret")
        folder.mkdir()
        (folder / "lesson.md").write_bytes(lesson)
        for name in names:
            _make_file(folder, name)
        try:
            document = read_document(folder / "lesson.md")
        except CommandExit as refused:
            _expect_words(refused)
            return
        for name, image in document.images.items():
            name.encode()
            assert image.resolve().is_relative_to(folder.resolve()), "an image from outside the lesson's folder"
            assert image.is_file()


def _expect_words(refused: CommandExit) -> None:
    assert refused.problem.detail, "a refusal without a reason"
    assert refused.problem.remedy, "a refusal without a remedy"


def _make_file(folder: Path, name: bytes) -> None:
    """Makes a file, or for `name -> target` a link, below the folder; none for a name that no file can have."""
    path, link, target = name.decode("utf-8", "surrogateescape").partition(" -> ")
    try:
        file = folder / path
        if not file.parent.resolve().is_relative_to(folder.resolve()):
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        if link:
            file.symlink_to(target)
        else:
            file.write_bytes(b"")
    except (OSError, ValueError, RuntimeError):
        return


_IMAGES = tuple(
    bytes.fromhex(each)
    for each in [
        "89504e470d0a1a0a",
        "0000000d49484452",
        "ffd8ff",
        "ffc0",
        "ffda",
        "ff01",
        "ffff",
        "52494646",
        "57454250",
        "56503858",
        "5650384c",
        "2f",
        "56503820",
        "9d012a",
        "664c6143",
        "4f676753",
        "66747970",
        "494433",
        "fffb",
        "00000000",
        "ffffffff",
        "00010001",
    ]
)

UPLOAD_TARGETS = (
    Target(name="upload", check=check_upload, tokens=_IMAGES),
    Target(
        name="brand",
        check=check_brand,
        tokens=split_words(
            '[colours] primary = "#0B5FFF" font logo "logo.png" "../x.png" [[ ]] { } . \'\'\' """ \\u0000 \\ud800 1979 inf'
        ),
        max_bytes=20_000,
        cpu_per_byte=200e-6,
    ),
    Target(
        name="folder",
        check=check_folder,
        tokens=(
            *split_words(
                "![a](x.png) ![a](a/b.png) ![a](../secret.png) ![a](%2e%2e/secret.png) [a]: <x.png> /etc/passwd file:///etc/passwd # A"
            ),
            _BETWEEN_FILES,
            b"x.png -> ../secret.png",
            b"a -> ..",
            b"x.png -> x.png",
            b"%00",
            b"..%2fsecret.png",
            "é".encode(),
            b"e\xcc\x81",
            b"\xff",
        ),
        max_bytes=20_000,
        cpu_per_byte=200e-6,
    ),
)
