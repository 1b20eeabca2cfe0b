"""The part of the scene kit's reference that a scene may need: what every drawing uses, and what its plan asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from lectern.contracts.script import Scene
from lectern.things import find_things, list_things

# Names that every scene may use. The kit's slides are not among them: a picture carries the meaning, not a list.
ESSENTIAL = frozenset({
    "NarratedScene", "theme", "frame", "Stage", "fill", "Thing", "Title", "Label", "tag", "alive", "enter", "appear",
    "focus", "ring", "spotlight", "dim",
})  # fmt: skip

# Names that need a form of drawing, and words of the plan or the narration that ask for them (as a regular expression).
WANTED_FOR: dict[str, tuple[frozenset[str], str]] = {
    "fit": (frozenset(), r"\bshrink|no larger than"),
    "place": (frozenset(), r"\bshrink|in the middle"),
    "link": (frozenset(), r"\barrows?\b|connect|\blinks?\b|joins?\b"),
    "undim": (frozenset(), r"\bdim|comes? back|recede"),
    "Equation": (frozenset({"derivation"}), r"formula|equation|[=²³√∑∫]|fraction"),
    "Number": (frozenset({"quantity"}), r"live number|counter|counts? (up|down)|readout|value|changes|grows"),
    "glow": (frozenset(), r"\bsun\b|\blight\b|glow|\bstar|lamp|\bshine"),
    "soft_shadow": (frozenset(), r"\bcards?\b|shadow"),
    "Graph": (frozenset({"graph"}), r"\bgraph|\bcurve|\baxes\b|\baxis\b|slope|secant|tangent|\bplot"),
    "CountingLine": (frozenset(), r"number line|\bjumps?\b|counts? (in|on|up|down)|minus numbers|negative number"),
    "Fraction": (frozenset(), r"fraction|\b(half|halves|thirds?|quarters?|fifths?)\b|\bpie\b|equal pieces"),
    "UnitSquares": (frozenset(), r"unit squares|square (units|numbers)|rows of squares|counted squares"),
    "brace": (frozenset(), r"\bbraces?\b|altogether|in total|\bspan"),
    "Sets": (frozenset(), r"\bsets?\b|venn|overlap|in common|\bboth groups"),
    "ProbabilityTree": (frozenset(), r"probabilit|\bchances?\b|\bodds\b|\brandom|\bdice|\bcoin"),
    "NumberGrid": (frozenset(), r"matri(x|ces)|\btable of|\bgrid|rows and columns|spreadsheet"),
    "VectorArrow": (frozenset(), r"vector|\bforces?\b|velocity|component|acceleration"),
    "ArrowField": (frozenset(), r"\bfields?\b|\bwind\b|\bflow lines|magnet"),
    "Wave": (frozenset(), r"\bwaves?\b|wavelength|frequenc|sound|vibrat|oscillat|\bnotes?\b|interfer"),
    "Gas": (frozenset(), r"\bgas(es)?\b|piston|pressure|particles|temperature|kinetic"),
    "Circuit": (frozenset(), r"circuit|battery|\bbulb|resistor|\bswitch|electric current|voltage"),
    "untag": (frozenset(), r"\bnames? (go|leave|vanish|disappear)|\blabels? (go|leave|vanish|disappear)"),
    "calm": (frozenset(), r"calm|comes? to rest|stops? (moving|swaying)|still"),
    "stream": (frozenset({"flow"}), r"\bflow|stream|current|drips?|drops? (run|travel|rise)|traffic|along (a|the)"),
    "swarm": (frozenset(), r"swarm|crowd|many|gas|molecules|cells|bees|particles|wander"),
    "underline": (frozenset({"derivation"}), r"underlin|word|name"),
    "move": (frozenset({"geometry"}), r"slide|rotat|turn|rigid|rearrang|moves? (to|into|over)"),
    "trace": (frozenset(), r"\btrac|dot (moves|runs|draws)|draws? (a|the|its) curve"),
    "NarratedMovingCameraScene": (frozenset({"zoom"}), r"zoom|closer|magnif|camera|microscope"),
    "NarratedThreeDScene": (frozenset(), r"\b3d\b|three.dimension|sphere|solid|\bcube|surface|\bspace\b"),
    "Chart": (frozenset({"data"}), r"\bchart|\bbars?\b|per cent|percent|statistic"),
    "CodeListing": (frozenset(), r"\bcode\b|program|\bloop|python|javascript|algorithm's lines"),
    "Network": (frozenset(), r"\bnetwork|\bnet\b|router|packet|internet|\blinks?\b|\bnodes?\b"),
    "People": (frozenset(), r"people|patients|in a (hundred|thousand)|out of (a|\d+)|per ?cent"),
    "Race": (frozenset(), r"overtak|\brace\b|over the (years|decades)|ranking"),
    "WorldMap": (frozenset(), r"\bmaps?\b|continent|\bcountr(y|ies)\b|\beurope|\bafrica|\basia|\bamerica|voyage"),
    "Tree": (frozenset(), r"\btrees? (of|with|grows)|family|descend|branch|search tree|hierarch|ancest"),
    "Queue": (frozenset(), r"\bqueue|waiting line|in line\b|\bstack of|last in|first in"),
    "EnergyLevels": (frozenset(), r"energy level|electron|photon|orbital"),
    "Counter": (frozenset(), r"million|billion|thousand|counts? (up|down|to)|big number"),
    "Cells": (frozenset(), r"\blist\b|array|sort|search|memory cell|\bcells?\b with|in a row"),
    "Molecule": (frozenset(), r"molecul|\batoms?\b|\bions?\b|\bco2\b|oxygen|hydrogen"),
    "combine": (frozenset(), r"molecul"),
    "Picture": (frozenset(), r"photograph|\bphoto\b|image file|\bpng\b|\bjpe?g\b"),
    "Timeline": (frozenset(), r"timeline|century|centuries|years later|chronolog"),
    "Flow": (frozenset(), r"flow ?chart|boxes joined|pipeline|step by step in boxes"),
    "Box": (frozenset(), r"\bbox(es)?\b|flow ?chart"),
    "DataTable": (frozenset(), r"\btable (of|with|that|whose)|rows and columns|spreadsheet"),
    "Comparison": (frozenset(), r"two columns|side by side lists|pros and cons"),
    "Bullets": (frozenset(), r"\bbullet|list of points|checklist"),
    "TitleCard": (frozenset(), r"title card|end card"),
    "Narrated": (frozenset(), r"^$"),  # the rules say how beat() and at() are used
    "row": (frozenset(), r"\brow|side by side|next to each other"),
    "stack": (frozenset(), r"\bstack|below each other|one above"),
    "columns": (frozenset(), r"side by side|two halves|left half|right half"),
    "with_sound": (frozenset(), r"\bsound|\bheard\b|\bchime|answer"),
    "Caption": (frozenset(), r"\bsource\b|\bunit\b|not to scale"),
}  # fmt: skip


MOST_THINGS = 16
MOST_OTHER_THINGS = 24


class VocabularyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One name of the kit with its signature and description."""

    name: str
    text: str

    def abridge(self) -> VocabularyEntry:
        """Its signature and first paragraph: enough to know that it is there."""
        return VocabularyEntry(name=self.name, text=re.split(r"\n\n|\n    \.", self.text, maxsplit=1)[0])


def read_entries(vocabulary: str) -> tuple[VocabularyEntry, ...]:
    """The entries of the kit's reference: each starts at a line's first column."""
    texts = re.split(r"\n\n(?=\S)", vocabulary.strip())
    return tuple(VocabularyEntry(name=re.split(r"\W", text, maxsplit=1)[0], text=text) for text in texts)


def select_entries(entries: Iterable[VocabularyEntry], scene: Scene, form: str) -> tuple[VocabularyEntry, ...]:
    """The entries that a scene of this form may need, in the reference's order. A name without a rule is kept.

    What only the form speaks for is abridged: the room in a prompt belongs to what the plan asks for.
    """
    words = describe_scene(scene).lower()
    chosen: list[VocabularyEntry] = []
    for entry in entries:
        forms, pattern = WANTED_FOR.get(entry.name, (frozenset(), ""))
        if entry.name in ESSENTIAL or re.search(pattern, words):
            chosen.append(entry)
        elif form in forms:
            chosen.append(entry.abridge())
    return tuple(chosen)


def list_things_for(scene: Scene) -> str:
    """The drawn things and icons that a scene's words mean, and a few of the others, for a model's prompt."""
    meant = find_things(describe_scene(scene), limit=MOST_THINGS)
    others = [name for name in list_things() if name not in meant]
    some = others[:: max(1, len(others) // MOST_OTHER_THINGS)][:MOST_OTHER_THINGS]
    named = f"for this scene {', '.join(map(repr, meant))}; among others" if meant else "such as"
    return f"Thing draws {named} {', '.join(map(repr, some))}; thousands more are icons of one colour."


def describe_scene(scene: Scene) -> str:
    """All that the plan and the narration say about a scene."""
    beats = (f"{beat.text} {beat.show}" for beat in scene.beats)
    return " ".join((scene.title, scene.plan.idea, scene.plan.shows, scene.plan.direction, *beats))
