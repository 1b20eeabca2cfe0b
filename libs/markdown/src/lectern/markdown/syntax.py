"""The grammar: CommonMark with tables, preceded by optional front matter."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.image import image as image_rule
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from lectern.markdown.errors import ErrorCollector
from lectern.markdown.front_matter import FrontMatter, read_front_matter

_OFFSET = "offset"  # characters from the start of an inline node's content to an image in it


class MarkdownTree(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed document. Line numbers in the tree count the front matter's lines too."""

    front_matter: FrontMatter
    body: str
    root: SyntaxTreeNode


def parse_tree(markdown: str) -> MarkdownTree:
    """The syntax tree of a document, with any line ends, with or without a byte order mark.

    Raises ProblemError for one whose markup is nested hundreds of levels deep.
    """
    text = markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = read_front_matter(text)
    has_head = head.line_count and head.closed
    body = "\n" * head.line_count + text.split("\n", head.line_count)[-1] if has_head else text
    parser = MarkdownIt("commonmark").enable("table")
    parser.inline.ruler.at("image", _image_with_offset)
    return MarkdownTree(front_matter=head, body=body, root=_build_tree(parser.parse(body)))


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


def _image_with_offset(state: StateInline, silent: bool) -> bool:
    """The parser's own rule for images; it also records where in its paragraph the image starts."""
    offset = state.pos
    matched = image_rule(state, silent)
    if matched and not silent:
        state.tokens[-1].meta[_OFFSET] = offset
    return matched
