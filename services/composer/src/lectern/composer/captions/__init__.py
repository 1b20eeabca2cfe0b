"""Captions: cues cut from the words of a narration, and the files they are delivered in. Pure."""

from lectern.composer.captions.cues import Cue, cues
from lectern.composer.captions.direction import right_to_left
from lectern.composer.captions.drawn import ass
from lectern.composer.captions.files import Placed, chapters_vtt, srt, vtt
from lectern.composer.captions.guide import Guide, guide
from lectern.composer.captions.look import Look, for_burning, look

__all__ = [
    "Cue",
    "Guide",
    "Look",
    "Placed",
    "ass",
    "chapters_vtt",
    "cues",
    "for_burning",
    "guide",
    "look",
    "right_to_left",
    "srt",
    "vtt",
]
