"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")


class AsyncPage(Protocol, Generic[Item]):
    """One page of a list."""

    @property
    def data(self) -> list[Item]: ...

    @property
    def next_cursor(self) -> str | None: ...


async def iterate_pages(read: Callable[[str | None], Awaitable[AsyncPage[Item]]]) -> AsyncGenerator[Item, None]:
    """Everything in a list. `read` returns the page after a cursor."""
    cursor: str | None = None
    while True:
        page = await read(cursor)
        for item in page.data:
            yield item
        cursor = page.next_cursor
        if cursor is None:
            return
