"""Scenes that need no model: Manim source made from a scene's visual and narration."""

from lectern.coder.templates.cards import card, plain_card
from lectern.coder.templates.visuals import template

__all__ = ["card", "plain_card", "template"]
