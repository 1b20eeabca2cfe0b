"""When each word of a scene is spoken, as the API shows it."""

from __future__ import annotations

from itertools import chain, groupby

from lectern.contracts.narration import Narration
from lectern.contracts.script import Script
from lectern.gateway import schemas
from lectern.language.sentences import number_sentences


def map_words(number: int, narration: Narration, script: Script) -> schemas.SceneWords:
    """A scene's words and beats. Sentences count from 1 within their beat, beats from 1 within the scene."""
    beats = script.scene(number).beats if number <= len(script.scenes) else ()
    sentences = chain.from_iterable(
        number_sentences([word.text for word in words], script.language)
        for _, words in groupby(narration.words, key=lambda word: word.beat)
    )
    return schemas.SceneWords(
        scene=number,
        seconds=narration.seconds,
        language=script.language,
        voice=narration.voice,
        timing=narration.timing,
        beats=[
            schemas.BeatTime(
                text=span.text,
                start=span.start,
                end=span.end,
                speaker=beats[place].speaker if place < len(beats) else "",
            )
            for place, span in enumerate(narration.beats)
        ],
        words=[
            schemas.WordTime(
                text=word.text,
                start=word.start,
                end=word.end,
                beat=word.beat + 1,
                sentence=sentence,
                glued=word.glued,
            )
            for word, sentence in zip(narration.words, sentences, strict=True)
        ],
    )
