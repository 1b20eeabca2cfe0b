"""Scenes that need no model: Manim source written from a scene's visual and narration."""

from lectern.coder.templates.cards import write_card, write_plain_card
from lectern.coder.templates.visuals import write_template

__all__ = ["write_card", "write_plain_card", "write_template"]
