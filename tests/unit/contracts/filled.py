"""A value of any wire type with every field set to something other than its default, the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect as i

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEEPEST = 12  # structs inside of structs: a type that holds itself ends here
Wire: TypeAlias = Any  # what msgspec.json.decode makes without a type

_SCALARS: tuple[tuple[type[i.Type], Wire], ...] = (
    (i.StrType, "some text"),
    (i.BoolType, True),
    (i.IntType, 7),
    (i.FloatType, 2.5),
    (i.BytesType, "AAAA"),
    (i.DateTimeType, AT.isoformat()),
    (i.AnyType, {"any": 1}),
)


def fill(kind: type, variant: int) -> Wire:
    """The JSON of a value of a type. Where it may be of several types, `variant` chooses; so do they inside of it."""
    return _fill(i.type_info(kind), variant, 0)


def count_variants(kind: type) -> int:
    """How many variants show every type that may be somewhere inside."""
    return max(_widths(i.type_info(kind), set()), default=1)


def _fill(info: i.Type, variant: int, depth: int) -> Wire:
    for scalar, value in _SCALARS:
        if isinstance(info, scalar):
            return value
    match info:
        case i.LiteralType(values=values):
            return values[(variant + 1) % len(values)]
        case i.EnumType(cls=cls):
            members = list(cls)
            return members[(variant + 1) % len(members)].value
        case i.UnionType(types=types):
            choices = [each for each in types if not isinstance(each, i.NoneType)]
            return _fill(choices[variant % len(choices)], variant, depth) if depth < DEEPEST else None
        case i.VarTupleType(item_type=item) | i.ListType(item_type=item) | i.SetType(item_type=item):
            return [_fill(item, variant, depth)] if depth < DEEPEST else []
        case i.TupleType(item_types=items):
            return [_fill(item, variant, depth) for item in items]
        case i.DictType(key_type=key, value_type=value):
            return {str(_fill(key, variant, depth)): _fill(value, variant, depth)}
        case i.StructType(fields=fields, tag_field=tag_field, tag=tag):
            own = {field.encode_name: _fill(field.type, variant, depth + 1) for field in fields}
            return ({tag_field: tag} if tag_field else {}) | own
    raise AssertionError(f"this has no example of {info}: add one")


def _widths(info: i.Type, seen: set[type]) -> list[int]:
    match info:
        case i.LiteralType(values=values):
            return [len(values)]
        case i.UnionType(types=types):
            return [len(types), *(width for each in types for width in _widths(each, seen))]
        case i.VarTupleType(item_type=item) | i.ListType(item_type=item) | i.SetType(item_type=item):
            return _widths(item, seen)
        case i.TupleType(item_types=items):
            return [width for item in items for width in _widths(item, seen)]
        case i.DictType(value_type=value):
            return _widths(value, seen)
        case i.StructType(cls=cls, fields=fields) if cls not in seen:
            seen.add(cls)
            return [width for field in fields for width in _widths(field.type, seen)]
    return [1]


def encode_lines(values: list[Wire]) -> bytes:
    """One line of JSON for each value, without repetitions."""
    return b"".join(dict.fromkeys(msgspec.json.encode(value) + b"\n" for value in values))
