"""The dependencies of the scripter's handlers."""

from __future__ import annotations

import msgspec

from lectern.scripter.dubbing.translator import Translator
from lectern.scripter.reading.reader import LessonReader
from lectern.scripter.writer import ScriptWriter


class ScripterDeps(msgspec.Struct, frozen=True, kw_only=True):
    """A writer for scripts; a reader of lessons; a translator where a model is configured."""

    writer: ScriptWriter
    reader: LessonReader
    translator: Translator | None = None
