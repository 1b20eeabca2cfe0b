"""Every form that an event or request was ever written in is read for ever, with each of its fields.

`golden/forms/<name>.<n>.jsonl` has a message with everything set, a line for each kind of what it may hold. A field, or
a kind, that is added makes form n + 1; those before it stay, since logs of thirty days and services that are not
replaced yet still have them.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest
from unit.contracts.filled import count_variants, encode_lines, fill

from lectern.contracts import events as e
from lectern.contracts import requests as r

FORMS = Path(__file__).parent / "golden" / "forms"
KINDS: dict[str, type[msgspec.Struct]] = {
    **{str(kind.__struct_config__.tag): kind for kind in get_args(e.AnyEvent)},
    **{
        kind.__name__: kind
        for kind in (r.Progress, r.WorkerSign, *(part for each in r.REQUESTS for part in (each.message, each.reply)))
    },
}


def to_wire(message: msgspec.Struct) -> object:
    """The message as plain data, as JSON has it."""
    return msgspec.to_builtins(message, str_keys=True)


def list_forms(name: str) -> list[Path]:
    """The forms of a message, oldest first."""
    return sorted(FORMS.glob(f"{name}.*.jsonl"), key=lambda path: int(path.name.split(".")[-2]))


@pytest.mark.parametrize("name", KINDS)
def test_the_newest_form_has_everything_that_a_message_may_hold(name: str) -> None:
    kind = KINDS[name]
    filled = [fill(kind, variant) for variant in range(count_variants(kind))]
    written = encode_lines([to_wire(msgspec.convert(value, kind, strict=False)) for value in filled])
    forms = list_forms(name)
    if not forms or forms[-1].read_bytes() != written:
        new = FORMS / f"{name}.{len(forms) + 1}.jsonl"
        new.parent.mkdir(exist_ok=True)
        new.write_bytes(written)
        pytest.fail(f"{name} has changed, and {new.name} was written. Is it a field more, with a default? Commit it.")


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.jsonl")), ids=lambda path: path.name)
def test_every_form_ever_written_is_still_read_with_all_its_fields(path: Path) -> None:
    name = path.name.rpartition(".jsonl")[0].rpartition(".")[0]
    assert name in KINDS, f"{name} was released, and is read for as long as logs and services may have it"
    for line in path.read_bytes().splitlines():
        read = to_wire(msgspec.json.decode(line, type=KINDS[name]))
        assert list(find_lost(msgspec.json.decode(line), read)) == []


def find_lost(written: object, read: object, place: str = "") -> list[str]:
    """What is in a message as it was written, and is no longer there, or is another, once it was read."""
    if isinstance(written, dict) and isinstance(read, dict):
        return [
            lost
            for key, value in written.items()
            for lost in find_lost(value, read.get(key, "nothing"), f"{place}.{key}")
        ]
    if isinstance(written, list) and isinstance(read, list | tuple) and len(written) == len(read):
        return [
            lost
            for number, pair in enumerate(zip(written, read, strict=True))
            for lost in find_lost(*pair, f"{place}[{number}]")
        ]
    return [] if written == read else [f"{place}: {written!r} is read as {read!r}"]


def test_a_field_that_is_renamed_or_dropped_is_noticed() -> None:
    assert find_lost({"a": [{"b": 1}]}, {"a": [{"c": 1}]}) == [".a[0].b: 1 is read as 'nothing'"]
    assert find_lost({"a": 1}, {"a": 1, "added": 2}) == []
