"""From a model's reply to a script: markup removed, long beats split, visuals parsed by the lessons' own rules."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence

import msgspec

from lectern.contracts import script as s
from lectern.contracts.carrying import is_drawn_by_model
from lectern.contracts.problems import ProblemError
from lectern.language.sentences import sentences
from lectern.language.words import count_words
from lectern.markdown import ErrorCollector, limits, parse_block
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.beat_division import divide_evenly, divide_note, shorten_note
from lectern.scripter.scriptwriting.checks import MAX_BEAT_SENTENCES, ScriptFault
from lectern.scripter.scriptwriting.plain_text import clean_title, strip_markup

MAX_CARD_CHARACTERS = 120  # on the first picture and the last
MAX_TITLE_CHARACTERS = 80  # a heading on screen is read at a glance
MAX_SPEAKER_CHARACTERS = 40
MAX_NOTE_CHARACTERS = 600  # of a note on what to draw: the instructions ask for 60 words
MAX_CARRIES = 4  # things that go on across a cut: more is a picture of its own
MAX_REPORTED_ERRORS = 3  # of one visual
_SIMILAR_COLOURS = {
    "blue": "primary", "white": "text", "black": "text", "grey": "text", "gray": "text",
    "green": "good", "red": "bad", "purple": "violet", "pink": "violet", "cyan": "teal", "turquoise": "teal",
}  # fmt: skip


def draft_script(
    plan: replies.ScriptPlan, narration: replies.NarrationDraft, language: str
) -> tuple[s.Script, tuple[ScriptFault, ...]]:
    """The script, and the faults of its visuals. Scenes without a word are left out; no narration is lost."""
    planned = _match_plan(plan, narration)
    scenes: list[s.Scene] = []
    faults: list[ScriptFault] = []
    for draft, of_plan in zip(narration.scenes, planned, strict=True):
        beats = tuple(beat for each in draft.beats for beat in draft_beats(each, language))
        if not beats:
            continue
        number = len(scenes) + 1
        plan_notes = _draft_plan(of_plan, language) if of_plan else s.ScenePlan()
        if plan_notes.shows and not any(beat.show for beat in beats):
            beats = _add_note(beats, plan_notes.shows, language)
        visual, error = _parse_visual(draft.visual)
        if error and draft.visual:
            faults.append(ScriptFault(rule="on-screen", scene=number, message=f"Scene {number}'s visual: {error}"))
            beats = _add_note(beats, f"{beats[0].show} On screen: {draft.visual.content}", language)
        title = clean_title(draft.title, MAX_TITLE_CHARACTERS) or f"{number}"
        scenes.append(s.Scene(title=title, beats=beats, visual=visual, plan=plan_notes))
    text = " ".join(beat.text for scene in scenes for beat in scene.beats)
    script = s.Script(
        title=clean_title(plan.title, MAX_TITLE_CHARACTERS) or "Untitled",
        language=language,
        angle=clean_note(plan.angle, language),
        question=clean_title(plan.question, MAX_CARD_CHARACTERS),
        idea=clean_title(plan.idea, MAX_CARD_CHARACTERS),
        audience=clean_note(plan.audience, language),
        scenes=_keep_followed_carries(scenes),
        symbols=draft_symbols(plan.symbols),
        pronunciations={
            strip_markup(each.written): strip_markup(each.spoken)
            for each in narration.pronunciations
            if strip_markup(each.spoken) and strip_markup(each.written) and strip_markup(each.written) in text
        },
    )
    return script, tuple(faults)


def draft_symbols(planned: Sequence[replies.PlannedSymbol]) -> tuple[s.Symbol, ...]:
    """The symbols, each name once. A colour that is not offered becomes a similar one, else one that is still free."""
    symbols: dict[str, s.Symbol] = {}
    asked = {_offered_colour(each.colour) for each in planned}
    for each in planned:
        name = strip_markup(each.name)
        if not name or name in symbols or len(symbols) == replies.MAX_SYMBOLS:
            continue
        colour = _offered_colour(each.colour)
        used = asked | {symbol.colour for symbol in symbols.values()}
        free = [known for known in replies.PLAIN_COLOURS if known not in used]
        symbols[name] = s.Symbol(name=name, colour=colour or (*free, "primary")[0], meaning=strip_markup(each.meaning))
    return tuple(symbols.values())


def _offered_colour(colour: str) -> str:
    """The colour, or a similar one; empty if there is none."""
    name = colour.strip().lower()
    return name if name in replies.COLOURS else _SIMILAR_COLOURS.get(name, "")


def _match_plan(plan: replies.ScriptPlan, narration: replies.NarrationDraft) -> list[replies.PlannedScene | None]:
    """What was planned for each scene: by title, however it is dressed; else by place, in a narration of as many."""
    by_title = {_fold_title(scene.title): scene for scene in plan.scenes}
    found = [by_title.get(_fold_title(scene.title)) for scene in narration.scenes]
    if len(narration.scenes) != len(plan.scenes):
        return found
    return [title or (place if place not in found else None) for title, place in zip(found, plan.scenes, strict=True)]


def _fold_title(title: str) -> str:
    return clean_title(title, MAX_TITLE_CHARACTERS).casefold()


def _draft_plan(planned: replies.PlannedScene, language: str) -> s.ScenePlan:
    form = planned.form.strip().lower()
    return s.ScenePlan(
        idea=clean_note(planned.idea, language),
        purpose=clean_note(planned.purpose, language),
        shows=clean_note(planned.shows, language),
        form=msgspec.convert(form if form in s.FORMS else "", s.Form),
        carries=draft_carries(planned.carries),
    )


def draft_carries(names: Sequence[str]) -> tuple[str, ...]:
    """The first names of things that go on, as code can have them; those that it cannot are left out."""
    spelt = (re.sub(r"\W+", "_", name).strip("_").lower() for name in names)
    usable = dict.fromkeys(name for name in spelt if name.isidentifier() and not keyword.iskeyword(name))
    return tuple(usable)[:MAX_CARRIES]


def _keep_followed_carries(scenes: Sequence[s.Scene]) -> tuple[s.Scene, ...]:
    """The scenes, without carrying from or into a template, which draws by itself, and out of the last one."""
    drawn = [*map(is_drawn_by_model, scenes), False]
    return tuple(
        scene
        if own and following
        else msgspec.structs.replace(scene, plan=msgspec.structs.replace(scene.plan, carries=()))
        for scene, own, following in zip(scenes, drawn, drawn[1:], strict=False)
    )


def _add_note(beats: tuple[s.Beat, ...], note: str, language: str) -> tuple[s.Beat, ...]:
    first = msgspec.structs.replace(beats[0], show=clean_note(note, language))
    return (first, *beats[1:])


def clean_note(note: str, language: str) -> str:
    """A note on what to draw without markup, as long as whoever draws will read."""
    return shorten_note(strip_markup(note), MAX_NOTE_CHARACTERS, language)


def draft_beats(draft: replies.BeatDraft, language: str) -> Iterator[s.Beat]:
    """The beat; several when it has more sentences than one visual lasts for and can be split without guessing."""
    speaker = clean_title(draft.speaker, MAX_SPEAKER_CHARACTERS)
    text, spoken = (_strip_speaker(strip_markup(each), speaker) for each in (draft.text, draft.spoken))
    if not any(char.isalnum() for char in text):
        if not any(char.isalnum() for char in spoken):
            return
        text, spoken = spoken, ""
    if spoken == text:
        spoken = ""
    texts, voiced = sentences(text, language), sentences(spoken, language)
    show, pause = strip_markup(draft.show), clamp_pause(draft.pause)
    fits = len(texts) <= MAX_BEAT_SENTENCES and count_words(text) <= limits.BEAT_WORDS
    if fits or (voiced and len(voiced) != len(texts)):
        yield s.Beat(text=text, spoken=spoken, show=clean_note(show, language), speaker=speaker, pause=pause)
        return
    groups = _group_sentences(texts)
    for (start, end), note in zip(groups, divide_note(show, len(groups), language), strict=True):
        part, voice = " ".join(texts[start:end]), " ".join(voiced[start:end])
        drawn = clean_note(note, language)  # after the division: each part may have as long a note as a whole beat
        after = pause if end == len(texts) else 0.0
        yield s.Beat(text=part, spoken="" if voice == part else voice, show=drawn, speaker=speaker, pause=after)


def clamp_pause(seconds: float) -> float:
    """The pause that a script may have: what a model asks for beyond it is cut."""
    return round(min(max(seconds, 0.0), s.MAX_PAUSE_SECONDS), 2)


def _group_sentences(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end of groups of at most two sentences, of about as many words each, in as few groups as fit a beat."""
    words = [count_words(text) for text in texts]
    fewest = -(-len(texts) // MAX_BEAT_SENTENCES)
    for parts in range(fewest, len(texts) + 1):
        groups = divide_evenly(words, parts, MAX_BEAT_SENTENCES)
        if all(sum(words[start:end]) <= limits.BEAT_WORDS for start, end in groups):
            break
    return groups


def _strip_speaker(text: str, speaker: str) -> str:
    return text[len(speaker) + 1 :].strip() if speaker and text.startswith(f"{speaker}:") else text


def _parse_visual(draft: replies.VisualDraft | None) -> tuple[s.AnyVisual | None, str]:
    """The visual, or what is wrong with it. The coder writes code; image files come with documents."""
    if draft is None or draft.kind.strip().lower() in ("", "none", "null") or not draft.content.strip():
        return None, ""
    kind, _, style = draft.kind.strip().lower().partition(" ")
    if kind not in replies.OFFERED_VISUALS:
        offered = ", ".join(replies.OFFERED_VISUALS)
        return None, f"There is no visual {kind!r}; use one of {offered}, or null to have it drawn."
    errors = ErrorCollector()
    info = f"{kind} {draft.style.strip() or style}" if kind in ("chart", "code") else kind
    try:
        visual = parse_block(info, draft.content.strip("\n"), 0, errors)
        errors.raise_if_any()
    except ProblemError as error:
        details = dict.fromkeys(each.detail for each in error.problem.errors[:MAX_REPORTED_ERRORS])
        return None, " ".join(details)
    return visual, ""
