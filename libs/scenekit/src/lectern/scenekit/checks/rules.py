"""The rules of the check, in one table, and the form in which a rule reports what it sees."""

from __future__ import annotations

from dataclasses import dataclass

from lectern.scenekit.findings import Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule: what it sees, what to do about it, and its level; `severe` is the level of the worse cases, if any."""

    name: str
    level: Level
    sees: str
    remedy: str
    severe: Level | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A case of a rule: what was seen, and the names of the things. `remedy` replaces the rule's own sentence."""

    rule: Rule
    what: str
    name: str = ""
    severe: bool = False
    remedy: str | None = None

    @property
    def level(self) -> Level:
        """The level of this case."""
        return self.rule.severe if self.severe and self.rule.severe else self.rule.level

    @property
    def message(self) -> str:
        """What was seen, and the remedy."""
        return f"{self.what}: {self.remedy or self.rule.remedy}"


OUT_OF_FRAME = Rule(
    name="out-of-frame",
    level="warning",
    severe="error",
    sees="text beyond the frame's edge or where captions are; images cut off",
    remedy="move it inwards or shrink it with fit(...)",
)
TEXT_TOO_SMALL = Rule(
    name="text-too-small",
    level="warning",
    severe="error",
    sees="letters, also of formulas, that are drawn smaller than a phone shows legibly",
    remedy="use size 24 or more, with fewer words or less on screen at once",
)
LOW_CONTRAST = Rule(
    name="low-contrast",
    level="warning",
    severe="error",
    sees="text that hardly stands out from what is drawn behind or over it, translucent fills included",
    remedy="use theme.text, or another theme colour on theme.background or theme.surface",
)
TEXT_SHORTENED = Rule(
    name="text-shortened",
    level="warning",
    sees="text that is too long for its place, even in the smallest type that is legible, and is shown shortened",
    remedy="write fewer words, or divide it",
)
TEXT_COVERED = Rule(
    name="text-covered",
    level="warning",
    sees="text of which a part lies behind something opaque",
    remedy="bring the text to the front (set_z_index) or move one of them",
)
TEXT_OVERLAP = Rule(
    name="text-overlap",
    level="warning",
    severe="error",
    sees="text over text, dimmed text included",
    remedy="fade out the first before showing the second, or arrange both with stack(...), row(...) or columns(...)",
)
TEXT_CROWDED = Rule(
    name="text-crowded",
    level="warning",
    sees="text less than 0.15 units beside other text on its line, read as one expression",
    remedy="leave at least 0.3 units between them, or place one on another side of what it names",
)
LINE_THROUGH_TEXT = Rule(
    name="line-through-text",
    level="warning",
    severe="error",
    sees="lines, curves or arrowheads through letters",
    remedy="end the line before the text (buff=0.2), or move the text beside the line",
)
LABEL_LEFT_BEHIND = Rule(
    name="label-left-behind",
    level="warning",
    sees="a label that stays where its thing was, after the thing has moved away or left",
    remedy="move or fade the label together with its thing, in the same play or as one VGroup",
)
EMPTY_PICTURE = Rule(
    name="empty-picture",
    level="warning",
    severe="error",
    sees="an empty picture for more than a second",
    remedy="keep something on screen, or bring in the next thing in the play that removes the last one",
)
SMALL_PICTURE = Rule(
    name="small-picture",
    level="warning",
    sees="a picture that fills less than 45 % of the body's width and of its height for three seconds",
    remedy="draw it larger, so that it fills frame.body in at least one direction",
)
LOPSIDED = Rule(
    name="lopsided-picture",
    level="warning",
    sees="a picture that leaves nearly half of the body empty, on one side, for four seconds",
    remedy="centre it with fill(...) or place(...), or put what it is compared with on the other side",
)
NOTHING_MOVES = Rule(
    name="nothing-moves",
    level="warning",
    sees="a picture that stands still for more than 2.5 s",
    remedy="reveal the next thing on one of these words with self.at(...), or make what is explained move",
)
PIECE_CHANGES_SIZE = Rule(
    name="piece-changes-size",
    level="warning",
    sees="a rigid piece that shrinks on its way, because a transform moves its corners in straight lines",
    remedy="move it with move(piece, to=place, turn=angle), which keeps its shape",
)
DOT_LAGS = Rule(
    name="dot-lags-behind",
    level="error",
    sees="a dot that lags behind the curve it draws: both follow the same half-drawn path",
    remedy="play trace(dot, path), or let MoveAlongPath follow path.copy()",
)
TEXT_SET_ANEW = Rule(
    name="text-set-anew",
    level="warning",
    sees="text that is set anew in every frame, which costs most of the time of drawing",
    remedy="use Number(lambda: value, decimals=2), or make the text once and only move it",
)

RULES = (
    OUT_OF_FRAME,
    TEXT_TOO_SMALL,
    TEXT_SHORTENED,
    LOW_CONTRAST,
    TEXT_COVERED,
    TEXT_OVERLAP,
    TEXT_CROWDED,
    LINE_THROUGH_TEXT,
    LABEL_LEFT_BEHIND,
    EMPTY_PICTURE,
    SMALL_PICTURE,
    LOPSIDED,
    NOTHING_MOVES,
    PIECE_CHANGES_SIZE,
    DOT_LAGS,
    TEXT_SET_ANEW,
)
"""Every rule, in the order of the table in docs/lessons.md."""
