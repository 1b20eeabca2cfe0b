"""A lesson file and the images it refers to, checked before anything is sent."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

import msgspec

from lectern import markdown
from lectern.cli.exit_status import USAGE, CommandExit
from lectern.contracts.asset_names import normalize_asset_name
from lectern.contracts.options import DOCUMENT_LIMIT
from lectern.contracts.plain_text import shorten
from lectern.contracts.problems import FieldError, Problem, ProblemError


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson. `images` maps each name, decoded as the scripter decodes it, to a file in the lesson's folder."""

    markdown: str
    images: dict[str, Path]


def is_file_name(source: str) -> bool:
    """True when an argument means a file rather than a topic."""
    return source.lower().endswith((".md", ".markdown")) or ("/" in source and Path(source).is_file())


def read_document(path: Path) -> Document:
    """Reads a lesson. Raises CommandExit for one that cannot be parsed, or naming every image that cannot be sent."""
    text = _read_text(path)
    files: dict[str, Path] = {}
    errors: list[FieldError] = []
    try:
        images = markdown.images(text)
    except ProblemError as error:
        raise CommandExit(USAGE, error.problem) from None
    for line, name in images:
        try:
            files[name] = _find_image(path.parent, name)
        except ValueError as error:
            errors.append(FieldError(pointer=f"line {line}", detail=str(error)))
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        problem = Problem(
            code="pictures-refused",
            title="The lesson's images cannot be used",
            detail=f"{path}: {errors[0].pointer}: {errors[0].detail}{more}.",
            remedy="Put the images into the lesson's folder, or a folder inside it, and use relative names.",
            errors=tuple(errors),
        )
        raise CommandExit(USAGE, problem)
    return Document(markdown=text, images=files)


def _read_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _refusal(path, "no such file", "Check the path.") from None
    except UnicodeDecodeError as error:
        raise _refusal(path, f"it is not UTF-8 text (byte {error.start})", "Save it as UTF-8.") from None
    except OSError as error:
        raise _refusal(path, str(error.strerror).lower(), "Name a Markdown file that you can read.") from None
    if not text.strip():
        raise _refusal(path, "it is empty", "Write at least one heading and one sentence.")
    if len(text) > DOCUMENT_LIMIT:
        detail = f"it has {len(text):,} characters; the limit is {DOCUMENT_LIMIT:,}"
        raise _refusal(path, detail, "Split it into several lessons.")
    return text


def _find_image(folder: Path, name: str) -> Path:
    """The file that an image's name means. Raises ValueError when it is missing, or not inside the folder."""
    if urlsplit(name).scheme or name.startswith("//"):
        raise ValueError(f"{name} is on the web; save it beside the file")
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError(f"{name} is outside the lesson's folder")
    try:
        normalize_asset_name(name)
    except ValueError as error:
        raise ValueError(f"{shorten(name, 60)} {error}") from None
    root = folder.resolve()
    # A browser may have saved the file under its encoded name, and macOS writes accents apart from their letters.
    for spelling in (name, quote(name), unicodedata.normalize("NFD", name)):
        try:
            file = (root / spelling).resolve()
            found = file.is_file()
        except (OSError, RuntimeError):  # links to each other, until Python 3.13 a RuntimeError; or to too long a name
            continue
        if found:
            if not file.is_relative_to(root):
                raise ValueError(f"{name} is a link to a file outside the lesson's folder")
            return file
    raise ValueError(f"{name} does not exist")


def _refusal(path: Path, detail: str, remedy: str) -> CommandExit:
    problem = Problem(
        code="document-refused", title="The lesson cannot be read", detail=f"{path}: {detail}.", remedy=remedy
    )
    return CommandExit(USAGE, problem)
