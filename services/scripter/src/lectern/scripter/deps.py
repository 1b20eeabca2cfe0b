"""What the scripter works with."""

from __future__ import annotations

import msgspec

from lectern.scripter.model.translator import Translator
from lectern.scripter.writer import Writer


class ScripterDeps(msgspec.Struct, frozen=True, kw_only=True):
    """The scripter's own adapters."""

    writer: Writer
    translator: Translator | None = None
