"""From Markdown to a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import msgspec
from markdown_it.tree import SyntaxTreeNode

from lectern.contracts import script as s
from lectern.contracts.options import DOCUMENT_LIMIT
from lectern.language.splitting import middle_break
from lectern.language.words import count_words
from lectern.markdown import limits
from lectern.markdown.blocks import parse_block, short_items
from lectern.markdown.cuts import add_cut_note, take_cast
from lectern.markdown.errors import ErrorCollector, NoScenes
from lectern.markdown.formulas import check_formulas
from lectern.markdown.inline import (
    BEAT_NOTES,
    PAUSE_NOTE,
    SCENE_NOTES,
    InlineContent,
    clean_line,
    flatten,
    is_comment,
    parse_note,
)
from lectern.markdown.metadata import check_metadata, read_pronunciations, read_sources, read_symbols
from lectern.markdown.pauses import read_seconds
from lectern.markdown.syntax import first_line, parse_tree
from lectern.markdown.word_tables import parse_markdown_table


class _SceneDraft:
    """A scene while its lines are parsed."""

    def __init__(self, title: str, line: int) -> None:
        self.title = title
        self.line = line
        self.beats: list[s.Beat] = []
        self.visual: s.AnyVisual | None = None
        self.visual_line = 0
        self.plan = s.ScenePlan()
        self.voice = ""


def parse(text: str, *, language: str = "en") -> s.Script:
    """The script that a lesson describes. `language` (BCP-47) applies when the lesson names none.

    Raises ProblemError with every error and its line when the lesson cannot be made into a video; NoScenes, which is
    one, when the text has no headings.
    """
    errors = ErrorCollector()
    length = len(text) - text.count("\r\n")
    if length > DOCUMENT_LIMIT:
        detail = f"The lesson has {length:,} characters; the limit is {DOCUMENT_LIMIT:,}."
        _refuse(errors, "document-too-long", detail, "Make several videos of it.")
    tree = parse_tree(text)
    head = tree.front_matter
    check_metadata(head, errors)
    if not tree.body.strip():
        remedy = "Write `## A heading` and a paragraph to be spoken under it."
        _refuse(errors, "empty-document", "The lesson is empty.", remedy)
    cast, nodes = take_cast(tree.root.children, errors)
    title, drafts = _parse_scenes(nodes, head.first("title"), errors)
    if drafts and tree.unread:
        _report_unread(tree.unread, errors)
        errors.raise_if_any()  # a scene whose only paragraph was not read does not lack one
    for draft in drafts:
        _check_scene(draft, errors)
    errors.raise_if_any()
    return s.Script(
        title=clean_line(head.first("title")) or title or drafts[0].title,
        language=head.first("language") or language,
        angle=clean_line(head.first("angle")),
        question=clean_line(head.first("question")),
        idea=clean_line(head.first("idea")),
        audience=clean_line(head.first("audience")),
        scenes=tuple(
            s.Scene(title=d.title, beats=tuple(d.beats), visual=d.visual, plan=d.plan, voice=d.voice) for d in drafts
        ),
        sources=read_sources(head),
        pronunciations=read_pronunciations(head, errors),
        symbols=read_symbols(head, errors),
        doubts=tuple(clean_line(each) for each in head.values.get("doubt", ())),
        cast=cast,
    )


def _refuse(errors: ErrorCollector, code: str, detail: str, remedy: str) -> NoReturn:
    errors.add(code, 1, detail, remedy)
    errors.raise_if_any()
    raise AssertionError("an error was recorded")


def _report_unread(unread: Sequence[tuple[int, str]], errors: ErrorCollector) -> None:
    for line, text in unread:
        detail = f"This paragraph has {len(text):,} characters; a beat has at most {limits.BEAT_WORDS} words."
        remedy = "Put an empty line after every sentence or two, so that the visual can move on with the voice."
        errors.add("beat-too-long", line, detail, remedy)


def _parse_scenes(nodes: Sequence[SyntaxTreeNode], named: str, errors: ErrorCollector) -> tuple[str, list[_SceneDraft]]:
    """The title from a `#` heading ("" without one), and the scenes. `named` is the front matter's title."""
    levels = {int(node.tag[1]) for node in nodes if node.type == "heading"}
    scene_level = 2 if 2 in levels else 1
    if not levels & {1, 2}:
        line = next((first_line(node) for node in nodes if node.type == "heading"), 1)
        remedy = "Write a line `## Heading` above each scene's narration."
        errors.add("no-scenes", line, "The lesson has no scenes.", remedy, NoScenes)
        return "", []
    title = ""
    drafts: list[_SceneDraft] = []
    for node in nodes:
        if node.type != "heading":
            if not drafts and not _may_precede_scenes(node):
                drafts.append(_SceneDraft(clean_line(named) or title or "Introduction", first_line(node)))
            if drafts:
                _parse_block(node, drafts[-1], errors)
            continue
        text, level, line = flatten(node.children).text, int(node.tag[1]), first_line(node)
        _check_heading(text, line, errors)
        check_formulas(_read_source(node), line, errors)
        if level == scene_level:
            drafts.append(_SceneDraft(text, line))
        elif level == 1 and not title and not drafts:
            title = text
        else:
            remedy = "Make it `##` for a scene of its own, or remove it." if level > 1 else "Make it `##`."
            errors.add("heading-level", line, f"The heading {text!r} is neither the title nor a scene.", remedy)
    if len(drafts) > limits.SCENES:
        line = drafts[limits.SCENES].line
        errors.add("too-many-scenes", line, f"A video has at most {limits.SCENES} scenes.", "Make two videos of it.")
    return title, drafts


def _read_source(node: SyntaxTreeNode) -> str:
    """The Markdown of a paragraph or heading."""
    return "".join(child.content for child in node.children if child.type == "inline")


def _may_precede_scenes(node: SyntaxTreeNode) -> bool:
    """True for rules and comments, which may stand before the first heading without starting a scene."""
    return node.type == "hr" or (
        node.type == "html_block" and is_comment(node.content) and parse_note(node.content) is None
    )


def _check_heading(text: str, line: int, errors: ErrorCollector) -> None:
    if not text:
        errors.add("empty-heading", line, "This heading has no words.", "Name the scene.")
    elif len(text) > limits.TITLE_CHARACTERS:
        detail = f"This heading has {len(text)} characters; at most {limits.TITLE_CHARACTERS} fit."
        errors.add("heading-too-long", line, detail, "Shorten it; the narration can say more.")


def _parse_block(node: SyntaxTreeNode, draft: _SceneDraft, errors: ErrorCollector) -> None:
    line = first_line(node)
    match node.type:
        case "paragraph":
            check_formulas(_read_source(node), line, errors)
            _parse_paragraph(flatten(node.children), draft, line, errors)
        case "blockquote":
            for child in node.children:
                _parse_block(child, draft, errors)
        case "html_block":
            _parse_html(node.content, draft, line, errors)
        case "fence":
            _set_visual(parse_block(node.info, node.content, line, errors), draft, line, errors)
        case "code_block":
            _set_visual(parse_block("code", node.content, line - 1, errors), draft, line, errors)
        case "bullet_list" | "ordered_list":
            items = short_items("bullets", _parse_list(node, errors), errors)
            _set_visual(s.Bullets(items=items), draft, line, errors)
        case "table":
            _set_visual(parse_markdown_table(_read_rows(node, errors), errors), draft, line, errors)
        case "heading":
            detail, remedy = "A heading inside a quotation starts no scene.", "Take it out of the quotation."
            errors.add("heading-level", line, detail, remedy)


def _parse_paragraph(content: InlineContent, draft: _SceneDraft, line: int, errors: ErrorCollector) -> None:
    if content.text:
        _check_beat(content.text, line, errors)
        draft.beats.append(s.Beat(text=content.text))
    for kind, text in content.notes:
        _add_note(kind, text, draft, line, errors)
    for image in content.images:
        if not _is_beside_the_lesson(image.name):
            detail = f"The image {image.name[:80]!r} is not a file beside the lesson."
            errors.add("picture-name", image.line, detail, "Put the file beside the lesson and write its name.")
        _set_visual(s.Image(name=image.name, alt=image.alt), draft, image.line, errors)


def _is_beside_the_lesson(name: str) -> bool:
    return (
        bool(name)
        and len(name.encode("utf-8", "replace")) <= limits.PICTURE_NAME_BYTES
        and "://" not in name
        and not name.startswith("/")
        and ".." not in name.split("/")
    )


def _parse_html(content: str, draft: _SceneDraft, line: int, errors: ErrorCollector) -> None:
    note = parse_note(content)
    if note is not None:
        _add_note(*note, draft, line, errors)
    elif not is_comment(content):
        errors.add("html", line, "HTML is neither spoken nor shown.", "Write plain Markdown, or remove it.")


def _add_note(kind: str, text: str, draft: _SceneDraft, line: int, errors: ErrorCollector) -> None:
    """Attaches a comment to the beat above it, or to its scene: what is said, shown or meant, or who speaks."""
    if len(text) > limits.BEAT_CHARACTERS:
        detail = f"This `{kind}` comment has {len(text):,} characters; at most {limits.BEAT_CHARACTERS:,} fit."
        errors.add("note-too-long", line, detail, "Shorten it.")
    elif kind in SCENE_NOTES:
        _add_scene_note(kind, text, draft, line, errors)
    elif not draft.beats:
        detail = f"This `{kind}` comment follows no narration."
        errors.add("say-without-text", line, detail, "Put it right below the paragraph it belongs to.")
    elif kind == PAUSE_NOTE:
        _add_pause(text, draft, line, errors)
    elif getattr(draft.beats[-1], BEAT_NOTES[kind]):
        errors.add("say-twice", line, f"This paragraph has two `{kind}` comments.", "Keep one.")
    elif text:
        draft.beats[-1] = msgspec.structs.replace(draft.beats[-1], **{BEAT_NOTES[kind]: text})


def _add_pause(text: str, draft: _SceneDraft, line: int, errors: ErrorCollector) -> None:
    seconds = read_seconds(text)
    if draft.beats[-1].pause:
        errors.add("say-twice", line, "This paragraph has two `pause` comments.", "Keep one.")
    elif seconds is None or seconds > s.MAX_PAUSE_SECONDS:
        detail = f"{text[:40]!r} is not a pause of 0 to {s.MAX_PAUSE_SECONDS:.0f} seconds."
        errors.add("pause", line, detail, "Write the seconds, as in `<!-- pause: 1.5 -->`.")
    else:
        draft.beats[-1] = msgspec.structs.replace(draft.beats[-1], pause=seconds)


def _add_scene_note(kind: str, text: str, draft: _SceneDraft, line: int, errors: ErrorCollector) -> None:
    if kind in ("carries", "transition"):
        draft.plan = add_cut_note(kind, text, draft.plan, line, errors)
    elif draft.voice if kind == "voice" else getattr(draft.plan, kind):
        errors.add("note-twice", line, f"Scene {draft.title!r} has two `{kind}` comments.", "Keep one.")
    elif kind == "form" and text and text not in s.FORMS:
        remedy = f"Write one of {', '.join(s.FORMS)}, or remove the comment."
        errors.add("unknown-form", line, f"{text!r} is not a form of drawing.", remedy)
    elif kind == "direction" and len(text) > s.MAX_DIRECTION_CHARACTERS:
        detail = f"This direction has {len(text):,} characters; at most {s.MAX_DIRECTION_CHARACTERS} fit."
        errors.add("direction-too-long", line, detail, "Say in a sentence or two what is to be seen.")
    elif kind == "voice":
        draft.voice = text
    elif text:
        draft.plan = msgspec.structs.replace(draft.plan, **{kind: text})


def _set_visual(visual: s.AnyVisual | None, draft: _SceneDraft, line: int, errors: ErrorCollector) -> None:
    if draft.visual_line:
        detail = f"Scene {draft.title!r} already shows something (line {draft.visual_line})."
        remedy = "A scene has one visual: start a new scene with `## Heading` above this one."
        errors.add("two-visuals", line, detail, remedy)
        return
    draft.visual, draft.visual_line = visual, line


def _parse_list(node: SyntaxTreeNode, errors: ErrorCollector) -> list[tuple[int, str]]:
    """The points of a list as (line, text), in order; those of nested lists are in place among the others."""
    points: list[tuple[int, str]] = []
    for item in node.children:
        for child in item.children:
            if child.type == "paragraph":
                check_formulas(_read_source(child), first_line(child), errors)
                points.append((first_line(child), flatten(child.children).text))
            elif child.type in ("bullet_list", "ordered_list"):
                points.extend(_parse_list(child, errors))
            else:
                detail, remedy = "A list on screen holds only short points.", "Put this into a scene of its own."
                errors.add("list-content", first_line(child), detail, remedy)
    return [(line, text) for line, text in points if text]


def _read_rows(table: SyntaxTreeNode, errors: ErrorCollector) -> list[tuple[int, list[str]]]:
    """The rows of a table, each with its line; the first has the headings."""
    rows = [row for part in table.children for row in part.children]
    for row in rows:
        for cell in row.children:
            check_formulas(_read_source(cell), first_line(row), errors)
    return [(first_line(row), [flatten(cell.children).text for cell in row.children]) for row in rows]


def _check_beat(text: str, line: int, errors: ErrorCollector) -> None:
    words = count_words(text)
    if words > limits.BEAT_WORDS:
        last_words = " ".join(text[: middle_break(text) or 0].split()[-4:])
        place = f"Put an empty line after “… {last_words}”" if last_words else "Split it with an empty line"
        detail = f"This paragraph has {words} words; a beat has at most {limits.BEAT_WORDS}."
        errors.add("beat-too-long", line, detail, f"{place}, so that the visual can move on with the voice.")
    elif len(text) > limits.BEAT_CHARACTERS:
        detail = f"This paragraph has {len(text):,} characters; a beat has at most {limits.BEAT_CHARACTERS:,}."
        errors.add("beat-too-long", line, detail, "Split it with an empty line, or leave out what nobody can say.")
    if not any(char.isalnum() for char in text):
        detail = f"{text!r} has no word that could be spoken."
        errors.add("nothing-to-say", line, detail, "Write a sentence, or remove it.")


def _check_scene(draft: _SceneDraft, errors: ErrorCollector) -> None:
    if not draft.beats:
        detail, remedy = f"Scene {draft.title!r} has nothing to say.", "Write a paragraph under its heading."
        errors.add("scene-without-narration", draft.line, detail, remedy)
    words = sum(count_words(beat.text) for beat in draft.beats)
    if words > limits.SCENE_WORDS:
        detail = f"Scene {draft.title!r} has {words} words; a visual holds attention for at most {limits.SCENE_WORDS}."
        errors.add("scene-too-long", draft.line, detail, "Start a new scene with `## Heading` about half way.")
