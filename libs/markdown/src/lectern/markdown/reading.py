"""From Markdown to a script."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from lectern.contracts import script as s
from lectern.contracts.options import DOCUMENT_LIMIT
from lectern.lessons import front_matter
from lectern.markdown import blocks, limits
from lectern.markdown.charts import cells, read_table
from lectern.markdown.faults import Faults, nearest
from lectern.markdown.prose import NOTES, Inline, clean, flatten, is_comment, note

KEYS = ("title", "language", "topics", "audience", "sources", "source", "symbol", "pronounce", "doubt")
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")


class _Draft:
    """A scene while its lines are read."""

    def __init__(self, title: str, line: int) -> None:
        self.title = title
        self.line = line
        self.beats: list[s.Beat] = []
        self.visual: s.AnyVisual | None = None
        self.visual_line = 0


def parse(text: str, *, language: str = "en") -> s.Script:
    """The script a lesson describes. `language` (BCP-47) is taken where the lesson names none.

    Raises ProblemError with every fault and its line when the lesson cannot be made into a video.
    """
    faults = Faults()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = front_matter.read(text)
    _check_head(head, faults)
    body = "\n" * head.lines + text.split("\n", head.lines)[-1] if head.lines and head.closed else text
    if not body.strip():
        faults.add(
            "empty-document", 1, "The lesson is empty.", "Write `## A heading` and a paragraph to be spoken under it."
        )
        faults.raise_any()
    if len(text) > DOCUMENT_LIMIT:
        faults.add(
            "document-too-long",
            1,
            f"The lesson has {len(text):,} characters; {DOCUMENT_LIMIT:,} can be read.",
            "Make several videos of it.",
        )
        faults.raise_any()
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(body))
    title, drafts = _read(tree.children, head.one("title"), faults)
    for draft in drafts:
        _check_scene(draft, faults)
    faults.raise_any()
    return s.Script(
        title=clean(head.one("title")) or title or drafts[0].title,
        language=head.one("language") or language,
        scenes=tuple(s.Scene(title=d.title, beats=tuple(d.beats), visual=d.visual) for d in drafts),
        sources=tuple(clean(each) for each in (*head.values.get("source", ()), *head.many("sources", ";"))),
        pronunciations={row[0]: row[1] for row in _columns(head, "pronounce", 2, faults)},
        symbols=tuple(s.Symbol(name=n, colour=c, meaning=w) for n, c, w in _columns(head, "symbol", 3, faults)),
        doubts=tuple(clean(each) for each in head.values.get("doubt", ())),
    )


def _columns(head: front_matter.FrontMatter, key: str, number: int, faults: Faults) -> list[tuple[str, ...]]:
    """The values of a key whose lines have columns, such as `symbol: light | accent | what arrives`."""
    rows = [tuple(cells(clean(value))) for value in head.values.get(key, ())]
    for row in rows:
        if len(row) != number or not row[0]:
            shape = {2: "`pronounce: Nguyen | nwin`", 3: "`symbol: light | accent | what arrives`"}[number]
            faults.add(f"front-matter-{key}", head.line_of[key], f"A {key} has {number} columns.", f"Write {shape}.")
            faults.raise_any()
    return rows


def _check_head(head: front_matter.FrontMatter, faults: Faults) -> None:
    if not head.closed:
        faults.add(
            "front-matter-open", 1, "The front matter has no end.", "Write a second line of --- below its last key."
        )
    for line in head.odd:
        faults.add("front-matter-line", line, "This line of the front matter is not understood.", "Write `key: value`.")
    for key, line in head.line_of.items():
        if key not in KEYS and (meant := nearest(key, KEYS)):
            faults.add(
                "front-matter-key", line, f"{key!r} is not a key of the front matter.", f"Did you mean {meant!r}?"
            )
    language = head.one("language")
    if language and not _LANGUAGE.match(language):
        faults.add(
            "language",
            head.line_of["language"],
            f"{language!r} is not a language code.",
            "Write one such as en, de or pt-BR.",
        )


def _read(nodes: Sequence[SyntaxTreeNode], named: str, faults: Faults) -> tuple[str, list[_Draft]]:
    """The title a `#` heading gives, and the scenes."""
    levels = {int(node.tag[1]) for node in nodes if node.type == "heading"}
    scene_level = 2 if 2 in levels else 1
    if not levels & {1, 2}:
        line = next((_line(node) for node in nodes if node.type == "heading"), 1)
        faults.add(
            "no-scenes", line, "The lesson has no scenes.", "Write a line `## Heading` above each scene's narration."
        )
        return "", []
    title = ""
    drafts: list[_Draft] = []
    for node in nodes:
        if node.type != "heading":
            if not drafts and not _is_note(node):
                drafts.append(_Draft(clean(named) or title or "Introduction", _line(node)))
            if drafts:
                _read_block(node, drafts[-1], faults)
            continue
        text, level = flatten(node.children).text, int(node.tag[1])
        if not text:
            faults.add("empty-heading", _line(node), "This heading has no words.", "Name the scene.")
        elif len(text) > limits.TITLE_CHARACTERS:
            faults.add(
                "heading-too-long",
                _line(node),
                f"This heading has {len(text)} characters; {limits.TITLE_CHARACTERS} can be read.",
                "Shorten it; the narration can say more.",
            )
        if level == scene_level:
            drafts.append(_Draft(text, _line(node)))
        elif level == 1 and not title and not drafts:
            title = text
        else:
            remedy = "Make it `##` for a scene of its own, or leave it out." if level > 1 else "Make it `##`."
            faults.add("heading-level", _line(node), f"The heading {text!r} is neither the title nor a scene.", remedy)
    if len(drafts) > limits.SCENES:
        faults.add(
            "too-many-scenes",
            drafts[limits.SCENES].line,
            f"A video has {limits.SCENES} scenes at most.",
            "Make two videos of it.",
        )
    return title, drafts


def _read_block(node: SyntaxTreeNode, draft: _Draft, faults: Faults) -> None:
    line = _line(node)
    match node.type:
        case "paragraph":
            _read_paragraph(flatten(node.children), draft, line, faults)
        case "blockquote":
            for child in node.children:
                _read_block(child, draft, faults)
        case "html_block":
            _read_html(node.content, draft, line, faults)
        case "fence":
            _show(blocks.read_block(node.info, node.content, line, faults), draft, line, faults)
        case "code_block":
            _show(blocks.read_block("code", node.content, line - 1, faults), draft, line, faults)
        case "bullet_list" | "ordered_list":
            _show(s.Bullets(items=blocks.short_items("bullets", _items(node, faults), faults)), draft, line, faults)
        case "table":
            rows = [
                (_line(row), [flatten(cell.children).text for cell in row.children])
                for part in node.children
                for row in part.children
            ]
            _show(read_table(rows, faults), draft, line, faults)
        case "heading":
            faults.add(
                "heading-level", line, "A heading inside a quotation starts no scene.", "Take it out of the quotation."
            )


def _read_paragraph(inline: Inline, draft: _Draft, line: int, faults: Faults) -> None:
    if inline.text:
        _check_beat(inline.text, line, faults)
        draft.beats.append(s.Beat(text=inline.text))
    for kind, said in inline.notes:
        _note(kind, said, draft, line, faults)
    for name, alt in inline.images:
        if not name or "://" in name or name.startswith(("/", "//")) or ".." in name.split("/"):
            faults.add(
                "picture-name",
                line,
                f"The picture {name!r} is not a file beside the lesson.",
                "Put the file beside the lesson and write its name.",
            )
        _show(s.Image(name=name, alt=alt), draft, line, faults)


def _read_html(content: str, draft: _Draft, line: int, faults: Faults) -> None:
    found = note(content)
    if found is not None:
        _note(*found, draft, line, faults)
    elif not is_comment(content):
        faults.add("html", line, "HTML is neither spoken nor shown.", "Write plain Markdown, or remove it.")


def _note(kind: str, said: str, draft: _Draft, line: int, faults: Faults) -> None:
    """What a comment says of the beat above it: what the voice says instead, what is shown, who speaks."""
    if not draft.beats:
        faults.add(
            "say-without-text",
            line,
            f"This `{kind}` comment follows no narration.",
            "Put it right below the paragraph that it is spoken for.",
        )
    elif getattr(draft.beats[-1], NOTES[kind]):
        faults.add("say-twice", line, f"This paragraph has two `{kind}` comments.", "Keep one.")
    elif said:
        draft.beats[-1] = msgspec.structs.replace(draft.beats[-1], **{NOTES[kind]: said})


def _show(visual: s.AnyVisual | None, draft: _Draft, line: int, faults: Faults) -> None:
    if draft.visual_line:
        faults.add(
            "two-visuals",
            line,
            f"Scene {draft.title!r} already shows something (line {draft.visual_line}).",
            "A scene has one visual: start a new scene with `## Heading` above this one.",
        )
        return
    draft.visual, draft.visual_line = visual, line


def _items(node: SyntaxTreeNode, faults: Faults) -> list[tuple[int, str]]:
    """The points of a list, nested ones in their place among the others."""
    found: list[tuple[int, str]] = []
    for entry in node.children:
        for child in entry.children:
            if child.type == "paragraph":
                found.append((_line(child), flatten(child.children).text))
            elif child.type in ("bullet_list", "ordered_list"):
                found.extend(_items(child, faults))
            else:
                faults.add(
                    "list-content",
                    _line(child),
                    "A list on screen holds short points only.",
                    "Put this into a scene of its own.",
                )
    return [(line, text) for line, text in found if text]


def _check_beat(text: str, line: int, faults: Faults) -> None:
    words = limits.count_words(text)
    if words > limits.BEAT_WORDS:
        after = limits.place_to_split(text)
        where = f"Put an empty line after “… {after}”" if after else "Put an empty line into it"
        faults.add(
            "beat-too-long",
            line,
            f"This paragraph has {words} words; a beat holds {limits.BEAT_WORDS}.",
            f"{where}, so that the picture can move on with the voice.",
        )
    if not any(char.isalnum() for char in text):
        faults.add(
            "nothing-to-say", line, f"{text!r} has no word that could be spoken.", "Write a sentence, or remove it."
        )


def _check_scene(draft: _Draft, faults: Faults) -> None:
    if not draft.beats:
        faults.add(
            "scene-without-narration",
            draft.line,
            f"Scene {draft.title!r} has nothing to say.",
            "Write a paragraph under its heading.",
        )
    words = sum(limits.count_words(beat.text) for beat in draft.beats)
    if words > limits.SCENE_WORDS:
        faults.add(
            "scene-too-long",
            draft.line,
            f"Scene {draft.title!r} has {words} words; one picture holds attention for {limits.SCENE_WORDS} at most.",
            "Start a new scene with `## Heading` about half way.",
        )


def _is_note(node: SyntaxTreeNode) -> bool:
    """What may stand before the first scene without starting one: rules and comments."""
    return node.type == "hr" or (node.type == "html_block" and is_comment(node.content) and note(node.content) is None)


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 1
