"""Writes libs/things' icons.txt from the npm package of Material Design Icons: `python scripts/icons.py mdi-svg.tgz`.

Left out are outlines of filled icons, brands (trade marks), signs of letters and text formats, and icons that differ
from another by a small sign in their corner.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "libs/things/src/lectern/things/icons.txt"
VERSION = "7.4.47"
SHA256 = "de92e5dc9ce46c392ab5c53aa7190b19f82b40cb48872a083f788c7e13e91fef"
HEAD = f"""# Material Design Icons {VERSION}, https://pictogrammers.com, Apache License 2.0 (licences/icons.txt).
# Written by scripts/icons.py, shortened to those that stand for a thing.
"""
LEFT_OUT_STYLES = {
    "outline", "plus", "minus", "remove", "check", "alert", "edit", "settings", "search", "question", "refresh", "sync",
    "cancel", "bold",
}  # fmt: skip
LEFT_OUT_TAGS = {"Brand / Logo", "Alpha / Numeric", "Text / Content / Format", "Arrange", "Vector", "Form"}


def read_icons(package: Path) -> Iterator[tuple[str, list[str], str]]:
    """(name, other words, path) of each icon that stands for a thing. Raises ValueError for another package."""
    content = package.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{package} is not @mdi/svg {VERSION}")
    with tarfile.open(package) as archive:
        members = {member.name: member for member in archive.getmembers()}

        def read(name: str) -> str:
            file = archive.extractfile(members[name])
            assert file is not None
            return file.read().decode()

        for each in sorted(json.loads(read("package/meta.json")), key=lambda each: str(each["name"])):
            if is_wanted(each):
                path = re.search(r' d="([^"]+)"', read(f"package/svg/{each['name']}.svg"))
                assert path is not None
                yield each["name"].replace("-", " "), sorted({to_words(name) for name in each["aliases"]}), path[1]


def is_wanted(icon: dict[str, Any]) -> bool:
    """True for an icon that stands for a thing of its own."""
    added = set(icon["styles"]) if icon["id"] != icon["baseIconId"] else set(icon["styles"]) & {"outline"}
    return not (icon["deprecated"] or LEFT_OUT_STYLES & added or LEFT_OUT_TAGS & set(icon["tags"]))


def to_words(name: str) -> str:
    """A name as words."""
    return name.replace("-", " ").strip()


if __name__ == "__main__":
    rows = ["|".join((name, ",".join(others), path)) for name, others, path in read_icons(Path(sys.argv[1]))]
    TARGET.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(rows)} icons\n")
