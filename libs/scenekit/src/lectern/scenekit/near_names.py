"""The error for a name that does not exist: it tells which ones do, the most similar first."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_TOLD = 12
"""Names told when none is similar."""


def refuse_name(kind: str, name: object, known: Iterable[object]) -> KeyError:
    """Return the KeyError for `name`, no `kind` that is known: `raise refuse_name("thing", "laef", THINGS)`."""
    names = [str(each) for each in known]
    folded = {each.casefold(): each for each in reversed(names)}
    near = [folded[each] for each in get_close_matches(str(name).casefold(), folded, n=3, cutoff=0.6)]
    if near:
        remedy = f"did you mean {' or '.join(map(repr, near))}?"
    elif names:
        more = f", and {len(names) - MOST_TOLD} more" if len(names) > MOST_TOLD else ""
        remedy = f"there are {', '.join(map(repr, names[:MOST_TOLD]))}{more}"
    else:
        remedy = "there is none"
    return SpokenKeyError(f"there is no {kind} {name!r}; {remedy}")


class SpokenKeyError(KeyError):
    """A KeyError whose message is a sentence, and reads as one."""

    def __str__(self) -> str:
        return str(self.args[0])
