"""From what a model wrote to a script: dressing off, long beats shared out, pictures read by the lessons' own rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lectern.contracts import script as s
from lectern.contracts.problems import ProblemError
from lectern.language.sentences import sentences
from lectern.language.words import count_words
from lectern.markdown import limits
from lectern.markdown.blocks import parse_block
from lectern.markdown.errors import ErrorCollector
from lectern.scripter.model import answers
from lectern.scripter.model.checks import BEAT_SENTENCES, Finding
from lectern.scripter.model.plain import plain, plain_title

TITLE = 80  # characters; a heading on screen is read at a glance
NOTE = 400  # characters of a note for whoever draws
_MEANT = {
    "blue": "primary",
    "secondary": "accent", "yellow": "accent", "orange": "accent", "gold": "accent",
    "green": "good", "red": "bad", "purple": "violet", "pink": "violet", "cyan": "teal", "turquoise": "teal",
}  # fmt: skip


def draft(plan: answers.Plan, narration: answers.Narration, language: str) -> tuple[s.Script, tuple[Finding, ...]]:
    """The script, and what is wrong with its pictures. Scenes without a word are left out; nothing said is lost."""
    planned = {scene.title: scene for scene in plan.scenes}
    scenes: list[s.Scene] = []
    wrong: list[Finding] = []
    for written in narration.scenes:
        beats = tuple(each for beat in written.beats for each in _beats(beat))
        if not beats:
            continue
        of_plan = planned.get(written.title)
        if of_plan and not any(beat.show for beat in beats):
            beats = (msgspec.structs.replace(beats[0], show=plain(of_plan.shows)[:NOTE]), *beats[1:])
        visual, fault = _visual(written.visual)
        if fault and written.visual:
            wrong.append(
                Finding(rule="on-screen", scene=len(scenes) + 1, said=f"Scene {len(scenes) + 1}'s visual: {fault}")
            )
            wish = plain(f"{beats[0].show} On screen: {written.visual.content}")[:NOTE].strip()
            beats = (msgspec.structs.replace(beats[0], show=wish), *beats[1:])
        title = plain_title(written.title, TITLE) or f"{len(scenes) + 1}"
        scenes.append(s.Scene(title=title, beats=beats, visual=visual))
    said = " ".join(beat.text for scene in scenes for beat in scene.beats)
    script = s.Script(
        title=plain_title(plan.title, TITLE) or "Untitled",
        language=language,
        scenes=tuple(scenes),
        symbols=ledger(plan.symbols),
        pronunciations={
            plain(each.written): plain(each.spoken)
            for each in narration.pronunciations
            if plain(each.spoken) and plain(each.written) and plain(each.written) in said
        },
    )
    return script, tuple(wrong)


def ledger(planned: Sequence[answers.PlannedSymbol]) -> tuple[s.Symbol, ...]:
    """The symbols, each name once. A colour the theme does not have becomes the one that was meant, else a free one."""
    kept: dict[str, s.Symbol] = {}
    for each in planned:
        name = plain(each.name)
        if not name or name in kept or len(kept) == answers.SYMBOLS:
            continue
        colour = each.colour.strip().lower()
        colour = colour if colour in answers.COLOURS else _MEANT.get(colour, "")
        free = [known for known in answers.COLOURS if known not in {symbol.colour for symbol in kept.values()}]
        kept[name] = s.Symbol(name=name, colour=colour or (*free, "primary")[0], meaning=plain(each.meaning))
    return tuple(kept.values())


def _beats(written: answers.WrittenBeat) -> Iterator[s.Beat]:
    """The beat; several where it has more sentences than one picture lasts for and can be cut without guessing."""
    speaker = plain_title(written.speaker, 40)
    text, spoken = (_without_speaker(plain(each), speaker) for each in (written.text, written.spoken))
    if not any(char.isalnum() for char in text):
        if not any(char.isalnum() for char in spoken):
            return
        text, spoken = spoken, ""
    if spoken == text:
        spoken = ""
    texts, voices = sentences(text), sentences(spoken)
    show = plain(written.show)[:NOTE].strip()
    fits = len(texts) <= BEAT_SENTENCES and count_words(text) <= limits.BEAT_WORDS
    if fits or (voices and len(voices) != len(texts)):
        yield s.Beat(text=text, spoken=spoken, show=show, speaker=speaker)
    else:
        for first in _starts(texts):
            cut = slice(first, _next(first, texts))
            said, voice = " ".join(texts[cut]), " ".join(voices[cut])
            yield s.Beat(text=said, spoken="" if voice == said else voice, show="" if first else show, speaker=speaker)


def _starts(texts: list[str]) -> Iterator[int]:
    place = 0
    while place < len(texts):
        yield place
        place = _next(place, texts)


def _next(place: int, texts: list[str]) -> int:
    """Where the beat that starts at a sentence ends: two sentences on, one when two are too many words."""
    end = min(place + BEAT_SENTENCES, len(texts))
    too_long = count_words(" ".join(texts[place:end])) > limits.BEAT_WORDS
    return place + 1 if too_long else end


def _without_speaker(text: str, speaker: str) -> str:
    return text[len(speaker) + 1 :].strip() if speaker and text.startswith(f"{speaker}:") else text


def _visual(written: answers.WrittenVisual | None) -> tuple[s.AnyVisual | None, str]:
    """The picture, or what is wrong with it. Code that draws is the coder's work; picture files come with documents."""
    if written is None or written.kind.strip().lower() in ("", "none", "null") or not written.content.strip():
        return None, ""
    kind, _, style = written.kind.strip().lower().partition(" ")
    if kind not in answers.VISUALS:
        return None, f"There is no visual {kind!r}; use one of {', '.join(answers.VISUALS)}, or null to have it drawn."
    errors = ErrorCollector()
    info = f"{kind} {written.style.strip() or style}" if kind in ("chart", "code") else kind
    content = written.content.strip("\n")
    visual = parse_block(info, content, 0, errors)
    try:
        errors.raise_if_any()
    except ProblemError as error:
        return None, " ".join(dict.fromkeys(each.detail for each in error.problem.errors[:3]))
    return visual, ""
