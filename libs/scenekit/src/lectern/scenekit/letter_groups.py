"""The groups of a text's letters by the names that its file gives them, made once somebody asks for them.

Manim makes three groups for each letter, which are copied with the text ever after and which hardly a scene looks at:
copying a line of text took four times as long with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from copy import deepcopy
from typing import Any

from manim import VGroup, VMobject


class LetterGroups(MutableMapping[str, VGroup]):
    """`SVGMobject.id_to_vgroup_dict` of a text. `places` has for each name which of the letters its group holds."""

    def __init__(self, letters: Sequence[VMobject], places: Mapping[str, Sequence[int]]) -> None:
        self._letters = letters
        self._places = places
        self._made: dict[str, VGroup] = {}
        self._names = dict.fromkeys(places)

    @classmethod
    def read(cls, groups: Mapping[str, VGroup]) -> LetterGroups:
        """The same groups, not made yet."""
        letters = list({id(letter): letter for group in groups.values() for letter in group.submobjects}.values())
        found = {id(letter): place for place, letter in enumerate(letters)}
        return cls(letters, {name: [found[id(letter)] for letter in group] for name, group in groups.items()})

    def __getitem__(self, name: str) -> VGroup:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = VGroup(*(self._letters[place] for place in self._places[name]))
        return self._made[name]

    def __setitem__(self, name: str, group: VGroup) -> None:
        self._names[name] = None
        self._made[name] = group

    def __delitem__(self, name: str) -> None:
        del self._names[name]
        self._made.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __deepcopy__(self, memo: dict[int, Any]) -> LetterGroups:
        result = LetterGroups(deepcopy(self._letters, memo), self._places)
        result._made = deepcopy(self._made, memo)
        result._names = dict(self._names)
        return result
