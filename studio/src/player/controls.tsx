import { useComputed } from "@preact/signals";
import { IconButton, Menu } from "../design";
import { formatClock } from "../format/times";
import { type Playback, RATES } from "./playback";
import { SeekBar } from "./seek-bar";
import type { Chapter } from "./transcript";

type ControlsProps = {
  playback: Playback;
  chapters: readonly Chapter[];
  stills?: ReadonlyMap<number, string>;
  hasCaptions: boolean;
  full: boolean;
  onFull?: () => void;
  onHelp: () => void;
};

export function Controls({ playback, chapters, stills, hasCaptions, full, onFull, onHelp }: ControlsProps) {
  const rate = playback.rate.value;
  return (
    <div class="player-controls">
      <SeekBar playback={playback} chapters={chapters} stills={stills} />
      <div class="player-buttons">
        <PlayButton playback={playback} />
        <IconButton class="player-wide" icon="back" label="Back 10 seconds" onClick={() => playback.skip(-10)} />
        <Volume playback={playback} />
        <Clock playback={playback} />
        <span class="player-space" />
        {rate !== 1 && <span class="player-rate numeric">{rate}×</span>}
        {hasCaptions && (
          <IconButton icon="captions" label="Captions" aria-pressed={playback.captions.value} onClick={playback.toggleCaptions} />
        )}
        <Menu
          label="Speed"
          icon="gauge"
          items={RATES.map((each) => ({
            label: each === 1 ? "Normal" : `${each}×`,
            checked: each === rate,
            onSelect: () => playback.setRate(each),
          }))}
        />
        <IconButton class="player-wide" icon="keyboard" label="Keys" onClick={onHelp} />
        {onFull && <IconButton icon={full ? "shrink" : "expand"} label={full ? "Leave full screen" : "Full screen"} onClick={onFull} />}
      </div>
    </div>
  );
}

function PlayButton({ playback }: { playback: Playback }) {
  if (playback.ended.value) return <IconButton icon="redo" label="Play again" onClick={playback.play} />;
  const paused = playback.paused.value;
  return <IconButton icon={paused ? "play" : "pause"} label={paused ? "Play" : "Pause"} onClick={playback.toggle} />;
}

function Volume({ playback }: { playback: Playback }) {
  const silent = playback.muted.value || playback.volume.value === 0;
  const percent = silent ? 0 : Math.round(playback.volume.value * 100);
  return (
    <span class="player-volume">
      <IconButton icon={silent ? "muted" : "volume"} label={silent ? "Sound on" : "Sound off"} onClick={playback.toggleMuted} />
      <input
        class="player-range"
        type="range"
        min="0"
        max="100"
        step="5"
        value={percent}
        data-own
        style={{ "--at": `${percent}%` }}
        aria-label="Volume"
        aria-valuetext={`${percent} per cent`}
        onInput={(event) => playback.setVolume(Number(event.currentTarget.value) / 100)}
      />
    </span>
  );
}

function Clock({ playback }: { playback: Playback }) {
  const time = useComputed(() => formatClock(playback.time.value));
  const length = useComputed(() => formatClock(playback.duration.value));
  return (
    <span class="player-clock numeric">
      {time}
      <span class="player-length"> / {length}</span>
    </span>
  );
}
