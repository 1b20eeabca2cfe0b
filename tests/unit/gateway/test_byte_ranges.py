"""Byte ranges, compared with a slow and obvious reading of RFC 9110."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.gateway.byte_ranges import ByteRange, UnsatisfiableRange, parse_range

SIZES = st.integers(0, 60)
POSITIONS = st.integers(0, 80)


@given(size=SIZES, first=POSITIONS, last=POSITIONS)
def test_a_closed_range_selects_the_bytes_of_a_slice(size: int, first: int, last: int) -> None:
    data = bytes(range(size))
    header = f"bytes={first}-{last}"
    if last < first:
        assert parse_range(header, size) is None
    elif first >= size:
        with pytest.raises(UnsatisfiableRange):
            parse_range(header, size)
    else:
        span = parse_range(header, size)
        assert span is not None
        assert data[span.start : span.end + 1] == data[first : last + 1]
        assert span.length == len(data[first : last + 1])


@given(size=SIZES, first=POSITIONS)
def test_an_open_range_runs_to_the_end(size: int, first: int) -> None:
    if first >= size:
        with pytest.raises(UnsatisfiableRange):
            parse_range(f"bytes={first}-", size)
    else:
        assert parse_range(f"bytes={first}-", size) == ByteRange(start=first, end=size - 1)


@given(size=SIZES, count=POSITIONS)
def test_a_suffix_selects_the_last_bytes(size: int, count: int) -> None:
    if size == 0 or count == 0:
        with pytest.raises(UnsatisfiableRange):
            parse_range(f"bytes=-{count}", size)
    else:
        span = parse_range(f"bytes=-{count}", size)
        assert span is not None
        assert span.end == size - 1
        assert span.length == min(count, size)


@given(
    header=st.text(max_size=40) | st.from_regex(r"bytes ?= ?\d{0,30} ?- ?\d{0,30}(,\d*-\d*)?", fullmatch=True),
    size=SIZES,
)
def test_any_header_yields_a_range_within_the_file_or_none(header: str, size: int) -> None:
    try:
        span = parse_range(header, size)
    except UnsatisfiableRange:
        return
    assert span is None or 0 <= span.start <= span.end < size


@pytest.mark.parametrize(
    "header", [None, "", "bytes", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,4-5", "bytes=5-2"]
)
def test_malformed_headers_other_units_and_several_ranges_count_as_no_header(header: str | None) -> None:
    assert parse_range(header, 10) is None


def test_a_position_of_thousands_of_digits_is_just_a_large_one() -> None:
    assert parse_range("bytes=3-" + "9" * 5000, 10) == ByteRange(start=3, end=9)
    with pytest.raises(UnsatisfiableRange):
        parse_range(f"bytes={'9' * 5000}-", 10)
