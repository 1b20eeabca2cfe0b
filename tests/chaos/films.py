"""The videos of a run, and their users: each asks until it is answered, some change their mind."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from lectern.contracts.ids import new_id

TEXT = """# Film {n}

## Counting

This is film {n}, and it counts.

- Film {n}
- It counts
"""
SECOND = """
## Ending

Film {n} ends here.

- The end of {n}
"""
BUSY = {409, 429, 503, 507}  # an answer that says: not now


class FilmRefused(Exception):
    """The API gave an answer that no user of this run expects."""


@dataclass(frozen=True)
class Film:
    """A video that a user wants. `by_model`: of a topic, which a model writes and draws. `ending`: what the user does."""

    number: int
    by_model: bool
    ending: str  # "" | "cancel" | "delete"

    def to_request(self) -> dict[str, Any]:
        """The body that asks for it."""
        if self.by_model:
            options = {"quality": "draft", "critique": False, "max_cost_usd": 5.0}
            return {"topic": f"Why is the sky blue in film {self.number}?", "options": options}
        text = TEXT + SECOND * (self.number % 3 == 0)
        return {"document": {"markdown": text.format(n=self.number)}, "options": {"quality": "draft"}}


def list_films(count: int) -> tuple[Film, ...]:
    """So many films: one in five by a model, one in ten cancelled, one in ten deleted."""
    endings = {7: "cancel", 9: "delete"}
    return tuple(Film(number, number % 5 == 4, endings.get(number % 10, "")) for number in range(1, count + 1))


class Audience:
    """The users of a run. `complaints` are answers of the API that break what it promises."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)
        self.complaints: list[str] = []
        self.refusals: Counter[str] = Counter()

    async def request(self, film: Film) -> str:
        """Asks for a film until the API takes it; returns the video's id. The key makes it one video."""
        answer = await self._insist("POST", "/v1/videos", json=film.to_request(), key=new_id())
        return str(answer.json()["id"])

    async def change_mind(self, film: Film, video: str, random: Random, scale: float) -> None:
        """Cancels or deletes the video after a while, if that is what its user does."""
        if not film.ending:
            return
        await asyncio.sleep(random.uniform(0.5, 20) * scale)
        if film.ending == "cancel":
            await self._insist("POST", f"/v1/videos/{video}/cancel", json={}, fine={409, 404})
        else:
            await self._insist("DELETE", f"/v1/videos/{video}", fine={404})

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """The answer to a GET, asked for until there is one."""
        return await self._insist("GET", path, params=params)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def _insist(
        self, method: str, path: str, *, key: str = "", fine: set[int] | None = None, **body: Any
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        while True:
            try:
                answer = await self._http.request(method, path, headers=headers, **body)
            except httpx.TransportError:
                await asyncio.sleep(0.5)
                continue
            if answer.status_code < 400 or answer.status_code in (fine or ()):
                return answer
            if answer.status_code not in BUSY:
                raise FilmRefused(f"{method} {path} was answered {answer.status_code}: {answer.text[:500]}")
            self.refusals[f"{answer.status_code} {_find_code(answer)}"] += 1
            pause = answer.headers.get("Retry-After")
            if pause is None:
                self.complaints.append(
                    f"{answer.status_code} without Retry-After: {method} {path}: {answer.text[:300]}"
                )
            await asyncio.sleep(min(float(pause or 1), 5.0))


def _find_code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except ValueError:
        return ""
