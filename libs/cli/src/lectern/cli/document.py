"""A lesson file and the pictures it names, checked before anything is sent."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import msgspec

from lectern.cli.exits import USAGE, Stop
from lectern.contracts.options import DOCUMENT_LIMIT
from lectern.contracts.problems import FieldError, Problem

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*(?:<([^>]+)>|([^)\s]+))(?:\s+[\"'(][^)]*)?\)")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson. `pictures` maps each name, as the Markdown reader will know it, to a file in the lesson's folder."""

    markdown: str
    pictures: dict[str, Path]


def is_file_name(source: str) -> bool:
    """Whether an argument means a file rather than a topic."""
    return source.lower().endswith((".md", ".markdown")) or ("/" in source and Path(source).is_file())


def read_document(path: Path) -> Document:
    """Reads a lesson. Raises Stop, naming every line whose picture cannot be sent, before anything is."""
    try:
        markdown = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _refused(path, "there is no such file", "Check the path.") from None
    except UnicodeDecodeError as error:
        raise _refused(path, f"it is not UTF-8 text (byte {error.start})", "Save it as UTF-8.") from None
    except OSError as error:
        raise _refused(path, str(error.strerror).lower(), "Name a Markdown file you can read.") from None
    if not markdown.strip():
        raise _refused(path, "it is empty", "Write at least one heading and one sentence.")
    if len(markdown) > DOCUMENT_LIMIT:
        raise _refused(
            path, f"it has {len(markdown)} characters; {DOCUMENT_LIMIT} fit", "Split it into several lessons."
        )
    pictures: dict[str, Path] = {}
    errors: list[FieldError] = []
    for number, name in picture_names(markdown):
        if urlsplit(name).scheme or name.startswith("//"):
            errors.append(FieldError(pointer=f"line {number}", detail=f"{name} is on the web; save it beside the file"))
            continue
        file, trouble = _picture(path.parent, name)
        if trouble:
            errors.append(FieldError(pointer=f"line {number}", detail=trouble))
        else:
            pictures[unquote(name).removeprefix("./")] = file
    if errors:
        problem = Problem(
            code="pictures-refused",
            title="Pictures of the lesson cannot be used",
            detail=f"{path}: {errors[0].pointer}: {errors[0].detail}"
            + (f" (and {len(errors) - 1} more)." if len(errors) > 1 else "."),
            remedy="Pictures lie in the lesson's folder, or in folders inside it, and are named relative to it.",
            errors=tuple(errors),
        )
        raise Stop(USAGE, problem)
    return Document(markdown=markdown, pictures=pictures)


def picture_names(markdown: str) -> list[tuple[int, str]]:
    """Each picture's line (from 1) and name as written; what stands in fenced code is no picture."""
    found: list[tuple[int, str]] = []
    fence = ""
    for number, line in enumerate(markdown.splitlines(), 1):
        mark = _FENCE.match(line)
        if mark and (not fence or (mark[1].startswith(fence) and not line.strip().strip(fence[0]))):
            fence = "" if fence else mark[1]
            continue
        if not fence:
            visible = re.sub(r"`[^`]*`", "", line)
            found += [(number, match[1] or match[2]) for match in _IMAGE.finditer(visible)]
    return found


def _picture(folder: Path, name: str) -> tuple[Path, str]:
    """The file a name means, and what is wrong with it ("" when nothing is). Links out of the folder do not count."""
    root = folder.resolve()
    for spelling in dict.fromkeys((name, unquote(name))):
        if PurePosixPath(spelling).is_absolute() or ".." in PurePosixPath(spelling).parts:
            return root, f"{name} is outside the lesson's folder"
        file = (root / spelling).resolve()
        if file.is_file():
            inside = file.is_relative_to(root)
            return file, "" if inside else f"{name} is a link to a file outside the lesson's folder"
    return root, f"{name} does not exist"


def _refused(path: Path, what: str, remedy: str) -> Stop:
    return Stop(
        USAGE,
        Problem(code="document-refused", title="The lesson cannot be read", detail=f"{path}: {what}.", remedy=remedy),
    )
