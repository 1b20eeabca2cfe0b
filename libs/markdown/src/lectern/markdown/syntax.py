"""The grammar: CommonMark with tables, preceded by optional front matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table as table_rule
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.image import image as image_rule
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from lectern.markdown import limits
from lectern.markdown.errors import ErrorCollector
from lectern.markdown.front_matter import FrontMatter, read_front_matter

_OFFSET = "offset"  # characters from the start of an inline node's content to an image in it
_UNREAD = "unread"  # in the parser's environment: the paragraphs that are too long to read


class MarkdownTree(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed document. Line numbers in the tree count the front matter's lines too.

    `unread` has the line and the text of each paragraph, heading or cell that is too long to be read; in the tree it
    is empty.
    """

    front_matter: FrontMatter
    body: str
    root: SyntaxTreeNode
    unread: tuple[tuple[int, str], ...] = ()


class _LessonParser(MarkdownIt):
    """CommonMark whose destinations are names of files, and no addresses: nothing in them is normalised or refused."""

    def normalizeLink(self, url: str) -> str:
        return url

    def validateLink(self, url: str) -> bool:
        return True


def parse_tree(markdown: str) -> MarkdownTree:
    """The syntax tree of a document, with any line ends, with or without a byte order mark.

    Raises ProblemError for one whose markup is nested hundreds of levels deep.
    """
    text = markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = read_front_matter(text)
    has_head = head.line_count and head.closed
    body = "\n" * head.line_count + text.split("\n", head.line_count)[-1] if has_head else text
    parser = _LessonParser("commonmark").enable("table")
    parser.block.ruler.at("table", _table_of_bounded_width, {"alt": ["paragraph", "reference"]})
    parser.core.ruler.before("inline", "bounds", _bound_inlines)
    parser.inline.ruler.at("image", _image_with_offset)
    environment: dict[str, Any] = {_UNREAD: []}
    root = _build_tree(parser.parse(body, environment))
    return MarkdownTree(front_matter=head, body=body, root=root, unread=tuple(environment[_UNREAD]))


def _build_tree(tokens: Sequence[Token]) -> SyntaxTreeNode:
    try:
        return SyntaxTreeNode(tokens)
    except RecursionError:
        errors = ErrorCollector()
        errors.add("nested-too-deeply", 1, "Markup is nested too deeply.", "Remove surplus asterisks and brackets.")
        errors.raise_if_any()
        raise


def first_line(node: SyntaxTreeNode) -> int:
    """The line a block starts on, from 1."""
    return node.map[0] + 1 if node.map else 1


def line_of_image(image: SyntaxTreeNode, inline: SyntaxTreeNode) -> int:
    """The line, from 1, on which an image in an inline node starts."""
    return first_line(inline) + inline.content.count("\n", 0, image.meta[_OFFSET])


def _table_of_bounded_width(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The parser's own rule for tables, unless there are so many columns that filling up short rows takes minutes."""
    bars = state.src.count("|", state.bMarks[start], state.eMarks[start])
    return bars <= limits.PIPED_COLUMNS and table_rule(state, start, end, silent)


def _bound_inlines(state: StateCore) -> None:
    """Takes out what the parser's inline rules would need too long for: long paragraphs, and long destinations."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > limits.PARAGRAPH_CHARACTERS:
            state.env[_UNREAD].append((token.map[0] + 1 if token.map else 1, token.content))
            token.content = ""
    for reference in state.env.get("references", {}).values():
        reference["href"] = reference["href"][: limits.DESTINATION_CHARACTERS]
        reference["title"] = ""


def _image_with_offset(state: StateInline, silent: bool) -> bool:
    """The parser's own rule for images; it also records where in its paragraph the image starts."""
    offset = state.pos
    matched = image_rule(state, silent)
    if matched and not silent:
        state.tokens[-1].meta[_OFFSET] = offset
    return matched
