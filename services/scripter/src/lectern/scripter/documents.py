"""Documents that users send."""

from __future__ import annotations

from lectern.contracts.problems import Problem
from lectern.worker import Permanent


def decode_document(document: bytes) -> str:
    """The text of a document. Raises Permanent naming the line that is not UTF-8."""
    try:
        return document.decode("utf-8")
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        raise Permanent(
            Problem(
                code="document-encoding",
                title="The document cannot be read",
                detail=f"Line {line}: the document is not UTF-8 text.",
                remedy="Save it as UTF-8.",
            )
        ) from error
