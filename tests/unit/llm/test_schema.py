"""Reading a model's answer."""

from __future__ import annotations

import msgspec
import pytest

from lectern.llm import decode_answer


class Title(msgspec.Struct):
    title: str


def test_an_answer_that_is_nested_without_end_is_refused_as_one_that_is_no_json() -> None:
    nested = '{"title": "x", "more": ' + "[" * 50_000 + "]" * 50_000 + "}"
    with pytest.raises(msgspec.DecodeError, match="nested too deep"):
        decode_answer(nested, Title)
