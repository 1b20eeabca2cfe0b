"""Fixes for common mistakes of models, made without asking one: fences, renamed classes, old calls, imports."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Iterator

import msgspec

from lectern.coder.codegen.arguments import SourceEdit, find_argument_edits
from lectern.coder.codegen.reference import ManimReference
from lectern.markdown import limits

# Names from older versions of manim and from other libraries, with their present equivalents. From manim's changelogs
# (0.1 to 0.22) and from code that models wrote.
RENAMED_NAMES: dict[str, str] = {
    "ShowCreation": "Create",
    "ShowCreationThenDestruction": "ShowPassingFlash",
    "ShowCreationThenFadeOut": "ShowPassingFlash",
    "ShowIncreasingSubsets": "AddTextLetterByLetter",
    "CircleIndicate": "Circumscribe",
    "ShowCreationThenFadeAround": "Circumscribe",
    "FocusOnDot": "FocusOn",
    "WiggleOutThenIn": "Wiggle",
    "DrawBorderThenFillText": "Write",
    "WriteText": "Write",
    "TextMobject": "Text",
    "OldTex": "Text",
    "OldTexText": "Text",
    "TexText": "Text",
    "TexMobject": "MathTex",
    "FadeInFromDown": "FadeIn",
    "FadeInFromLarge": "FadeIn",
    "FadeOutAndShift": "FadeOut",
    "FadeInFrom": "FadeIn",
    "FadeInFromPoint": "FadeIn",
    "FadeOutToPoint": "FadeOut",
    "GraphScene": "NarratedScene",
    "NumberLineScene": "NarratedScene",
    "ZoomedNarratedScene": "NarratedMovingCameraScene",
    "MovingCameraScene": "NarratedMovingCameraScene",
    "ThreeDScene": "NarratedThreeDScene",
    "Scene": "NarratedScene",
    "ParametricSurface": "Surface",
    "ParametricFunctionGraph": "ParametricFunction",
    "SmallDot": "Dot",
    "DashedMobject": "DashedVMobject",
    "SVGMobjectFromText": "Text",
    "VFadeIn": "FadeIn",
    "VFadeOut": "FadeOut",
    "VGroupOf": "VGroup",
    "FRAME_WIDTH": "frame.width",
    "FRAME_HEIGHT": "frame.height",
    "FRAME_X_RADIUS": "(frame.width / 2)",
    "FRAME_Y_RADIUS": "(frame.height / 2)",
    "LIGHT_GREY": "LIGHT_GRAY",
    "ORANGE_A": "ORANGE",
    "ORANGE_B": "ORANGE",
    "ORANGE_C": "ORANGE",
    "ORANGE_D": "ORANGE",
    "ORANGE_E": "ORANGE",
    "CYAN": "TEAL",
    "MAGENTA": "PINK",
    "VIOLET": "PURPLE",
    "BROWN": "DARK_BROWN",
    "LIME": "GREEN_A",
    "NAVY": "DARK_BLUE",
    "SKY_BLUE": "BLUE_B",
    "LIGHT_BLUE": "BLUE_B",
    "LIGHT_GREEN": "GREEN_B",
    "DARK_GREEN": "GREEN_E",
    "LIGHT_RED": "RED_B",
    "LIGHT_YELLOW": "YELLOW_A",
    "ease_in_out": "smooth",
    "ease_in_out_cubic": "rate_functions.ease_in_out_cubic",
    "ease_out_cubic": "rate_functions.ease_out_cubic",
    "numpy": "np",
}
RENAMED_METHODS: dict[str, str] = {
    "scale_in_place": "scale",
    "rotate_in_place": "rotate",
    "set_fill_color": "set_fill",
    "get_graph": "plot",
    "get_parametric_curve": "plot_parametric_curve",
    "get_axis_label": "get_axis_labels",
    "get_riemann_rectangles_list": "get_riemann_rectangles",
    "to_left_edge": "to_edge",
    "move_to_edge": "to_edge",
    "set_colour": "set_color",
    "set_stroke_color": "set_stroke",
    "center_on": "move_to",
    "change_color": "set_color",
}
MIN_SIMILARITY = 0.8  # from here on a name is a misspelling of another, unless a third is nearly as similar
MIN_LEAD = 0.04  # of the most similar name over the second
MAX_NAME_CHARACTERS = 60  # of a name that may be misspelt
MAX_UNKNOWN_NAMES = 50  # that are compared with all known ones

_FENCE = re.compile(r"```[ \t]*\w*[ \t]*\r?\n(.*?)(?:```|\Z)", re.DOTALL)
_FORBIDDEN_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?:manim\S*|manimlib\S*|manim_imports_ext|big_ol_pile\S*|numpy|math)[ \t]+import[ \t].*"
    r"|import[ \t]+(?:manim\S*|numpy(?:[ \t]+as[ \t]+np)?)[ \t]*)$",
    re.MULTILINE,
)
_PLAIN_CHARACTERS = str.maketrans(
    {"−": "-", "–": "-", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "×": "*", "\u00a0": " ", "\u200b": ""}
)
_KIT_IMPORT = "from lectern.scenekit import *"


class FixedCode(msgspec.Struct, frozen=True, kw_only=True):
    """Code, and a description of each change that was made."""

    code: str
    changes: tuple[str, ...] = ()


def fix_code(answer: str, reference: ManimReference) -> FixedCode:
    """The code in a model's answer, with every mistake fixed that needs no understanding of it.

    Code that does not parse, or is too long to be parsed here, gets fewer fixes; preflight names the line.
    """
    code = extract_code(answer)
    changes = [] if code.strip() == answer.strip() else ["removed the text around the code"]
    imported = _fix_imports(code)
    if imported != code:
        changes.append("replaced the imports by the kit's")
        code = imported
    plain = replace_typography(code)
    if plain != code:
        changes.append("replaced typographic characters")
        code = plain
    tree = parse_code(code)
    if tree is None:
        return FixedCode(code=code, changes=tuple(changes))
    edits = [
        *_name_edits(tree, reference),
        *_method_edits(tree, reference),
        *find_argument_edits(tree, code),
    ]
    code = _apply(code, edits)
    changes += list(dict.fromkeys(f"{old} → {new}" for _, _, old, new in edits))
    return FixedCode(code=code, changes=tuple(changes))


def extract_code(answer: str) -> str:
    """The longest fenced block that holds a class; the whole answer when there is none."""
    blocks = [block for block in _FENCE.findall(answer) if "class " in block] or _FENCE.findall(answer)
    return (max(blocks, key=len) if blocks else answer).strip("\n").rstrip() + "\n"


def replace_typography(code: str) -> str:
    """The code with plain minus signs, quotes and spaces, if it parses only with them."""
    if parse_code(code) is not None:
        return code
    plain = code.translate(_PLAIN_CHARACTERS)
    return plain if parse_code(plain) is not None else code


def parse_code(code: str) -> ast.Module | None:
    """The tree of code; None for code that does not parse, is nested too deeply or is too long."""
    if len(code) > limits.MANIM_CHARACTERS:
        return None
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _fix_imports(code: str) -> str:
    """Puts the kit's import first and removes those of manim and numpy. Imports of names from `math` stay."""
    found = [match.group(0) for match in _FORBIDDEN_IMPORT.finditer(code)]
    kept = [line.strip() for line in found if re.match(r"\s*from\s+math\s", line)]
    rest = _FORBIDDEN_IMPORT.sub("", code).replace(_KIT_IMPORT, "").lstrip("\n")
    head = "\n".join([_KIT_IMPORT, *kept])
    result = f"{head}\n\n\n{rest}" if rest.strip() else f"{head}\n"
    return code if code.startswith(_KIT_IMPORT) and not found else result


def _name_edits(tree: ast.Module, reference: ManimReference) -> Iterator[SourceEdit]:
    meant = reference.known_names() | _defined_names(tree)
    known = meant | frozenset(dir(builtins))
    bases = {id(base) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases}
    nearest: dict[str, str | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            name = node.id
            if name in ("Scene", "ThreeDScene", "MovingCameraScene"):
                if id(node) in bases:
                    yield node.lineno, node.col_offset, name, RENAMED_NAMES[name]
            elif name not in known:
                if name not in nearest and len(nearest) < MAX_UNKNOWN_NAMES:
                    nearest[name] = RENAMED_NAMES.get(name) or _nearest(name, meant)
                if new := nearest.get(name):
                    yield node.lineno, node.col_offset, name, new


def _method_edits(tree: ast.Module, reference: ManimReference) -> Iterator[SourceEdit]:
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    real = reference.method_names() | own
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            line, column = node.func.end_lineno, node.func.end_col_offset
            if name in RENAMED_METHODS and name not in real and line is not None and column is not None:
                yield line, column - len(name.encode()), name, RENAMED_METHODS[name]


def _defined_names(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                names.add(node.name)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.arg():
                names.add(node.arg)
            case ast.alias():
                names.add((node.asname or node.name).split(".")[0])
            case ast.ExceptHandler(name=str(name)):
                names.add(name)
    return frozenset(names)


def _nearest(name: str, known: frozenset[str]) -> str | None:
    """The one known name that an unknown one must mean: equal except for case, or with a letter or two wrong.

    Only for names with a capital: a lower-case one is more likely an undefined variable than a misspelt class.
    """
    if name.islower() or len(name) > MAX_NAME_CHARACTERS:
        return None
    same = [other for other in known if other.lower() == name.lower()]
    if len(same) == 1:
        return same[0]
    candidates = [other for other in known if other[:1] == name[:1] and abs(len(other) - len(name)) <= len(name)]
    alike = sorted(((_similarity(name, other), other) for other in candidates), reverse=True)
    best, second = [*alike, (0.0, ""), (0.0, "")][:2]
    return best[1] if best[0] >= MIN_SIMILARITY and best[0] - second[0] >= MIN_LEAD else None


def _similarity(name: str, other: str) -> float:
    """The similarity of two names, 0 to 1; 0 where it is too small to matter to the choice of the nearest."""
    matcher = difflib.SequenceMatcher(None, name, other)
    relevant = MIN_SIMILARITY - MIN_LEAD
    if matcher.real_quick_ratio() < relevant or matcher.quick_ratio() < relevant:
        return 0.0
    return matcher.ratio()


def _apply(code: str, edits: list[SourceEdit]) -> str:
    lines = [line.encode() for line in code.splitlines(keepends=True)]
    for line, column, old, new in sorted(set(edits), reverse=True):
        text = lines[line - 1]
        end = column + len(old.encode())
        if text[column:end] == old.encode():
            lines[line - 1] = text[:column] + new.encode() + text[end:]
    return b"".join(lines).decode()
