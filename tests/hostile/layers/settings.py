"""The layers, and the settings that the hostile scenes run in: each layer alone, all but one, none and all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

LAYERS = {
    "seccomp": "seccomp",
    "landlock": "Landlock",
    "namespaces": "namespaces",
    "tmpfs": "tmpfs",
    "uid": "uid",
    "rlimits": "rlimits",
    "inheritance": "nothing to inherit",
    "watcher": "watcher",
    "output": "output rules",
}
"""Each layer and what docs/security.md calls it."""

NEEDS = {"tmpfs": "namespaces"}
ROOT_ONLY = frozenset({"uid"})
User: TypeAlias = Literal["root", "ordinary"]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Which layers are kept, as which user, under a name for the table."""

    name: str
    user: User
    kept: frozenset[str]


def list_settings(user: User) -> Iterator[Setting]:
    """Lists none first: what does no harm even there has nothing to say about a layer."""
    every = frozenset(layer for layer in LAYERS if user == "root" or layer not in ROOT_ONLY)
    yield Setting(name="none", user=user, kept=frozenset())
    yield Setting(name="all", user=user, kept=every)
    for layer in LAYERS:
        if layer in every:
            needed = {NEEDS[layer]} if layer in NEEDS else set()
            yield Setting(name=f"only {layer}", user=user, kept=frozenset({layer, *needed}))
    for layer in LAYERS:
        if layer in every:
            dependent = {each for each, needed in NEEDS.items() if needed == layer}
            yield Setting(name=f"without {layer}", user=user, kept=every - {layer, *dependent})
