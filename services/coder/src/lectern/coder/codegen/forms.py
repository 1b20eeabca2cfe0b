"""The form of a scene's drawing: as its plan says, else by the words that describe its picture."""

from __future__ import annotations

import re

from lectern.coder.codegen.kit_vocabulary import describe_scene
from lectern.contracts.script import Scene

# Words that name what is seen, by form; where two forms have as many, the first in this order is taken.
_WORDS = {
    "derivation": r"equation|formula|both sides|simplif|cancel|factor|substitut|rearrang|derive|algebra",
    "graph": r"curve|graph|ax[ei]s|slope|plot|tangent|secant|parabola|sine|asymptote|function",
    "geometry": r"triangle|circle|square|angle|polygon|rectangle|diagonal|radius|parallel|symmetr|rotat|area",
    "levels": r"level|energ|ladder|height|layer|stair|potential|above|below|altitude",
    "zoom": r"zoom|closer|magnif|microscop|scale of|inside the|enlarge",
    "data": r"data|measur|survey|sample|points?|histogram|average|percent|per cent|bars?|cloud|scatter",
    "quantity": r"number|amount|count|double|halve|times as|grid|tiles?|stack|coins?|share|fraction|sum",
    "flow": r"flows?|travel|packet|signal|cycle|path|through|arrow|send|queue|chain|network|current|stream",
}


def find_form(scene: Scene) -> str:
    """The form of the scene's drawing; "" when neither its plan nor its words name one."""
    if scene.plan.form:
        return scene.plan.form
    words = describe_scene(scene).lower()
    found = {form: len(re.findall(rf"\b(?:{pattern})\w*", words)) for form, pattern in _WORDS.items()}
    best = max(found, key=lambda form: found[form])
    return best if found[best] else ""
