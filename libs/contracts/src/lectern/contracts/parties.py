"""Parties: who takes turns with others."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Party"]


class Party(NamedTuple):
    """Who takes turns: a video of an owner. A video of nobody's shares what there is like an owner."""

    owner: str = ""
    video: str = ""

    @property
    def sharer(self) -> Party:
        """The party's place among those who share: its owner's, or its own if it has none."""
        return Party(owner=self.owner) if self.owner else self
