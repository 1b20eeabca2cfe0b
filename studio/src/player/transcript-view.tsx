import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button, Icon } from "../design";
import { formatClock } from "../format/times";
import type { Playback } from "./playback";
import { type Chapter, findAt, searchSentences, type Sentence, type Transcript } from "./transcript";

/** What is said: it follows the voice, word by word, and a click on a word plays from there. */
export function TranscriptView({ transcript, playback, language }: { transcript: Transcript; playback: Playback; language: string }) {
  const [query, setQuery] = useState("");
  const sentences = useMemo(() => transcript.chapters.flatMap((chapter) => chapter.sentences), [transcript]);
  const current = useComputed(() => (playback.started.value ? findAt(sentences, playback.time.value) : -1));
  const found = useMemo(() => new Set(searchSentences(sentences, query)), [sentences, query]);
  const searching = query.trim() !== "";
  const { list, following, follow, onScrolled } = useFollowing(current, !searching);
  return (
    <div class="transcript">
      <label class="transcript-search">
        <Icon name="search" size={16} />
        <span class="visually-hidden">Search the transcript</span>
        <input type="search" placeholder="Search what is said" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
      </label>
      <p class="visually-hidden" role="status">
        {searching ? `${found.size} of ${sentences.length} sentences` : ""}
      </p>
      <div ref={list} class="transcript-list" lang={transcript.language || language || undefined} onWheel={onScrolled} onTouchMove={onScrolled} tabIndex={0} role="group" aria-label="Transcript">
        {transcript.chapters.map((chapter) => (
          <ChapterText key={chapter.number} chapter={chapter} sentences={sentences} found={searching ? found : null} current={current} playback={playback} />
        ))}
        {searching && found.size === 0 && <p class="transcript-none">Nobody says “{query.trim()}”. Try fewer or other words.</p>}
      </div>
      {!following.value && !searching && (
        <div class="transcript-follow">
          <Button size="s" icon="arrowDown" onClick={follow}>
            Follow the voice
          </Button>
        </div>
      )}
    </div>
  );
}

type ChapterTextProps = {
  chapter: Chapter;
  sentences: readonly Sentence[];
  found: ReadonlySet<Sentence> | null;
  current: ReadonlySignal<number>;
  playback: Playback;
};

function ChapterText({ chapter, sentences, found, current, playback }: ChapterTextProps) {
  const shown = found ? chapter.sentences.filter((sentence) => found.has(sentence)) : chapter.sentences;
  if (shown.length === 0) return null;
  return (
    <section>
      {chapter.title && (
        <h2 dir="auto">
          <span class="numeric">{formatClock(chapter.start)}</span>
          {chapter.title}
        </h2>
      )}
      {shown.map((sentence, index) => (
        <SentenceText
          key={sentence.start}
          sentence={sentence}
          index={sentences.indexOf(sentence)}
          speaker={sentence.speaker !== shown[index - 1]?.speaker ? sentence.speaker : ""}
          current={current}
          playback={playback}
        />
      ))}
    </section>
  );
}

type SentenceTextProps = { sentence: Sentence; index: number; speaker: string; current: ReadonlySignal<number>; playback: Playback };

function SentenceText({ sentence, index, speaker, current, playback }: SentenceTextProps) {
  const active = useComputed(() => current.value === index);
  const word = useComputed(() => (active.value ? findAt(sentence.words, playback.time.value) : -1));
  const at = word.value;
  return (
    <>
      {speaker && <p class="transcript-speaker">{speaker}</p>}
      <button
        type="button"
        class="sentence"
        dir="auto"
        aria-current={active.value || undefined}
        title={`Play from ${formatClock(sentence.start)}`}
        onClick={(event) => {
          const start = (event.target as HTMLElement).dataset.start;
          playback.seek(start === undefined ? sentence.start : Number(start));
          playback.play();
        }}
      >
        {sentence.words.length === 0
          ? sentence.text
          : sentence.words.map((each, place) => (
              <>
                {place > 0 && !each.glued && " "}
                <span key={place} data-start={each.start} data-spoken={place === at || undefined}>
                  {each.text}
                </span>
              </>
            ))}
      </button>
    </>
  );
}

/** Keeps the spoken sentence in view, until somebody scrolls away from it. Only the list scrolls, never the page. */
function useFollowing(current: ReadonlySignal<number>, on: boolean) {
  const list = useRef<HTMLDivElement>(null);
  const following = useSignal(true);
  const at = current.value;
  useEffect(() => {
    const box = list.current;
    if (!on || !following.value || at < 0 || !box) return;
    const sentence = box.querySelector<HTMLElement>("[aria-current]");
    if (sentence) box.scrollTo({ top: sentence.offsetTop - box.clientHeight / 3, behavior: "smooth" });
  }, [at, on, following.value]);
  return {
    list,
    following,
    follow: () => {
      following.value = true;
    },
    onScrolled: () => {
      if (at >= 0) following.value = false;
    },
  };
}
