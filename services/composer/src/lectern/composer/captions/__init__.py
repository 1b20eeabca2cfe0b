"""Captions: cues cut from the words of a narration, and the files they are delivered in. Pure."""

from lectern.composer.captions.cues import Cue, cues
from lectern.composer.captions.direction import right_to_left
from lectern.composer.captions.files import chapters_vtt, srt, vtt
from lectern.composer.captions.guide import Guide, guide

__all__ = ["Cue", "Guide", "chapters_vtt", "cues", "guide", "right_to_left", "srt", "vtt"]
