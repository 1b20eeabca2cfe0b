"""The names, signatures and methods of the installed drawing library, as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import resources

import msgspec


class ManimReference(msgspec.Struct, frozen=True, kw_only=True):
    """`names` maps each public name to its signature; `methods` are those of root classes; `added` those of others.

    `manim` is the version, `kit` lists the names of the scene kit.
    """

    manim: str
    names: dict[str, str]
    methods: dict[str, dict[str, str]]
    added: dict[str, tuple[str, ...]]
    kit: tuple[str, ...]

    def known_names(self) -> frozenset[str]:
        """Every name that scene code has without defining it."""
        return frozenset(self.names) | frozenset(self.kit) | {"np"}

    def method_names(self) -> frozenset[str]:
        """Every method of any class."""
        roots = {name for methods in self.methods.values() for name in methods}
        return frozenset(roots | {name for names in self.added.values() for name in names})

    def signatures(self, names: Iterable[str]) -> Iterator[str]:
        """`Name(...)` for classes and functions, `.method(...)` for methods, of those names that exist."""
        for name in names:
            if self.names.get(name):
                yield f"{name}{self.names[name]}"
                continue
            for owner, methods in self.methods.items():
                if name in methods:
                    yield f"{owner}.{name}{methods[name]}"
                    break


def load_reference() -> ManimReference:
    """Reads the reference that was made for the locked version of manim."""
    data = resources.files("lectern.coder.codegen").joinpath("reference.json").read_bytes()
    return msgspec.json.decode(data, type=ManimReference)


def load_text(name: str) -> str:
    """Reads a text that goes into prompts."""
    return resources.files("lectern.coder.codegen").joinpath(name).read_text(encoding="utf-8")


def find_identifiers(text: str) -> list[str]:
    """The identifiers in a text, each once, in order."""
    return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w+", text)))
