import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { request } from "../../api/client";
import { useLoaded } from "../../api/load";
import { findFieldProblem, type Problem, toProblem } from "../../api/problem";
import { Button, FieldError, Icon, Segmented, Select, Switch, TextField } from "../../design";
import { BrandFields, findBrandProblem } from "./brand";
import { changeOptions, draft, type Options } from "./draft";
import { Preview } from "./preview";
import { ACCEPTED_MUSIC, takeMusic } from "./uploads";

const QUALITY_HINTS: Readonly<Record<Options["quality"], string>> = {
  draft: "480p, 15 frames a second. Made in moments; to see whether the lesson works.",
  standard: "720p, 30 frames a second. Clear on a phone, a laptop and most projectors.",
  high: "1080p, 60 frames a second. Smooth; takes about three times as long.",
  ultra: "2160p (4K), 60 frames a second. For large screens; takes much longer.",
};

const LENGTHS: readonly (readonly [number, string])[] = [
  [0, "As long as it needs"],
  [60, "About 1 minute"],
  [120, "About 2 minutes"],
  [180, "About 3 minutes"],
  [300, "About 5 minutes"],
  [600, "About 10 minutes"],
];

/** Fields of the folded part, which opens where one has an error. */
const FOLDED = ["/target_seconds", "/audience", "/tone", ...["language", "voice", "speaking_rate", "music", "max_cost_usd"].map((name) => `/options/${name}`)];

/** Everything that can be chosen, with what it looks like. The rare choices are folded. */
export function OptionsPanel({ problem }: { problem: Problem | null }) {
  const { options, topic, source } = draft.value;
  const errorOf = (name: string) => findFieldProblem(problem, `/options/${name}`);
  return (
    <section class="options" aria-labelledby="options-heading">
      <h2 id="options-heading" class="visually-hidden">
        How it should look and sound
      </h2>
      <div class="options-look card">
        <div class="options-preview">
          <Preview options={options} title={source === "topic" ? topic.trim() : ""} />
        </div>
        <div class="options-main">
          <Segmented
            label="Shape"
            value={options.aspect}
            onChange={(aspect) => changeOptions({ aspect })}
            error={errorOf("aspect")}
            choices={[
              { value: "16:9", label: <Shape of="16:9">Landscape</Shape>, hint: "16:9, for screens and projectors" },
              { value: "9:16", label: <Shape of="9:16">Portrait</Shape>, hint: "9:16, for phones" },
              { value: "1:1", label: <Shape of="1:1">Square</Shape>, hint: "1:1, for feeds" },
            ]}
          />
          <div class="options-pair">
            <Segmented
              label="Theme"
              value={options.theme}
              onChange={(theme) => changeOptions({ theme })}
              choices={[
                { value: "dark", label: "Dark", icon: "moon" },
                { value: "light", label: "Light", icon: "sun" },
                { value: "chalkboard", label: "Chalk", hint: "A green board" },
                { value: "contrast", label: "Contrast", hint: "Black, with contrasts of 7 : 1 and more" },
              ]}
            />
            <Segmented
              label="Captions"
              value={options.captions}
              onChange={(captions) => changeOptions({ captions })}
              error={errorOf("captions")}
              choices={[
                { value: "plain", label: "Plain", hint: "Lines of text" },
                { value: "karaoke", label: "Follow", hint: "The spoken word is highlighted" },
                { value: "off", label: "Off" },
              ]}
            />
          </div>
          <Segmented
            label="Quality"
            value={options.quality}
            onChange={(quality) => changeOptions({ quality })}
            hint={QUALITY_HINTS[options.quality]}
            error={errorOf("quality")}
            choices={[
              { value: "draft", label: "Draft" },
              { value: "standard", label: "Standard" },
              { value: "high", label: "High" },
              { value: "ultra", label: "Ultra" },
            ]}
          />
        </div>
      </div>
      <details class="options-more card" open={FOLDED.some((pointer) => findFieldProblem(problem, pointer)) || undefined}>
        <summary>
          <span>Voice, length and more</span>
          <span class="options-summary">{summarize(options)}</span>
          <Icon name="chevronDown" />
        </summary>
        <MoreOptions options={options} errorOf={errorOf} problem={problem} />
      </details>
      <details class="options-more card" open={findBrandProblem(problem) !== "" || undefined}>
        <summary>
          <span>Brand and cards</span>
          <span class="options-summary">{summarizeBrand(options)}</span>
          <Icon name="chevronDown" />
        </summary>
        <BrandFields options={options} problem={problem} />
      </details>
    </section>
  );
}

type MoreProps = { options: Options; errorOf: (name: string) => string; problem: Problem | null };

function MoreOptions({ options, errorOf, problem }: MoreProps) {
  return (
    <div class="options-grid">
      <Voices options={options} errorOf={errorOf} />
      <Select
        label="Length"
        value={String(options.seconds)}
        onChange={(event) => changeOptions({ seconds: Number(event.currentTarget.value) })}
        error={findFieldProblem(problem, "/target_seconds")}
      >
        {LENGTHS.map(([seconds, label]) => (
          <option key={seconds} value={String(seconds)}>
            {label}
          </option>
        ))}
      </Select>
      <TextField
        label="Audience"
        value={options.audience}
        placeholder="ten-year-olds, first-year nurses…"
        maxlength={80}
        onInput={(event) => changeOptions({ audience: event.currentTarget.value })}
        error={findFieldProblem(problem, "/audience")}
      />
      <TextField
        label="Tone"
        value={options.tone}
        placeholder="warm, matter-of-fact, playful…"
        maxlength={80}
        onInput={(event) => changeOptions({ tone: event.currentTarget.value })}
        error={findFieldProblem(problem, "/tone")}
      />
      <Segmented
        label="Told by"
        value={options.style}
        onChange={(style) => changeOptions({ style })}
        choices={[
          { value: "narration", label: "One narrator" },
          { value: "dialogue", label: "Two people" },
        ]}
      />
      <Music options={options} error={errorOf("music")} />
      <TextField
        label="Spend at most"
        value={options.budget}
        placeholder="no limit"
        inputmode="decimal"
        hint="Dollars for models and voices. They stop before it costs more."
        onInput={(event) => changeOptions({ budget: event.currentTarget.value })}
        error={errorOf("max_cost_usd")}
      />
      <div class="options-switches">
        <Switch
          label="Soft sounds where things happen"
          hint="Strokes, drops and bells, far below the voice."
          checked={options.sounds === "on"}
          onChange={(on) => changeOptions({ sounds: on ? "on" : "off" })}
        />
        <Switch
          label="Show me the script first"
          hint="It waits for you to read, change and approve the words."
          checked={options.review}
          onChange={(review) => changeOptions({ review })}
        />
        <Switch
          label="Burn captions in"
          hint="They are drawn into the picture, for places that show no captions of their own."
          checked={options.burn && options.captions !== "off"}
          disabled={options.captions === "off"}
          onChange={(burn) => changeOptions({ burn })}
        />
        <Switch
          label="Look at every scene"
          hint="A vision model checks what was drawn and has it mended once. Where one is set up it does so by itself."
          checked={options.critique === "on"}
          onChange={(on) => changeOptions({ critique: on ? "on" : "auto" })}
        />
        <Switch
          label="Research on the web"
          hint="A model looks the topic up first, and cites its sources."
          checked={options.search}
          onChange={(search) => changeOptions({ search })}
        />
        <Switch
          label="No hurry"
          hint="Made after everything that somebody waits for."
          checked={options.bulk}
          onChange={(bulk) => changeOptions({ bulk })}
        />
      </div>
    </div>
  );
}

function Voices({ options, errorOf }: { options: Options; errorOf: (name: string) => string }) {
  const voices = useLoaded(async (signal) => (await request("get", "/v1/voices", { signal })).data.data, []);
  const all = (voices.data ?? []).filter((voice) => voice.language);
  const languages = [...new Set(all.map((voice) => baseOf(voice.language)).filter((tag) => tag !== "mul"))].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const fitting = all.filter((voice) => !options.language || ["mul", options.language].includes(baseOf(voice.language)));
  const unknownVoice = options.voice && !fitting.some((voice) => voice.id === options.voice);
  const hint = voices.problem ? "The list of voices cannot be read now. The language's own voice is used." : undefined;
  return (
    <>
      <Select
        label="Language"
        value={options.language}
        error={errorOf("language")}
        onChange={(event) => changeOptions({ language: event.currentTarget.value, voice: "" })}
      >
        <option value="">As written</option>
        {options.language && !languages.includes(options.language) && <option value={options.language}>{nameOf(options.language)}</option>}
        {languages.map((tag) => (
          <option key={tag} value={tag}>
            {nameOf(tag)}
          </option>
        ))}
      </Select>
      <Select
        label="Voice"
        value={options.voice}
        hint={hint}
        error={errorOf("voice")}
        onChange={(event) => changeOptions({ voice: event.currentTarget.value })}
      >
        <option value="">{options.language ? "The language's own" : "The best there is"}</option>
        {unknownVoice && <option value={options.voice}>{options.voice}</option>}
        {groupVoices(fitting).map(([label, group]) => (
          <optgroup key={label} label={label}>
            {group.map((voice) => (
              <option key={voice.id} value={voice.id}>
                {voice.id}
                {voice.gender ? `, ${voice.gender}` : ""}
                {voice.usd_per_million ? `, $${voice.usd_per_million} a million characters` : ", free"}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
      <div class="field">
        <label class="field-label" for="speaking-rate">
          Pace <span class="numeric options-value">{options.rate === 1 ? "natural" : `${options.rate.toFixed(2)}×`}</span>
        </label>
        <input
          id="speaking-rate"
          class="range"
          type="range"
          min="0.5"
          max="2"
          step="0.05"
          value={options.rate}
          aria-valuetext={options.rate === 1 ? "the voice's natural pace" : `${options.rate.toFixed(2)} times as fast`}
          onInput={(event) => changeOptions({ rate: Number(event.currentTarget.value) })}
        />
        {errorOf("speaking_rate") && <FieldError>{errorOf("speaking_rate")}</FieldError>}
      </div>
    </>
  );
}

type Voice = { id: string; language: string; gender: string; usd_per_million: number };

function groupVoices(voices: readonly Voice[]): [string, Voice[]][] {
  const groups = new Map<string, Voice[]>();
  for (const voice of voices) {
    const label = voice.language === "mul" ? "Any language" : nameOf(voice.language);
    groups.set(label, [...(groups.get(label) ?? []), voice]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

function Music({ options, error }: { options: Options; error: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const own = !["", "none", "calm", "curious"].includes(options.music);

  async function choose(files: FileList | null): Promise<void> {
    const file = files?.[0];
    if (!file) return;
    setBusy(true);
    setProblem(null);
    await takeMusic(file).catch((caught: unknown) => setProblem(toProblem(caught)));
    setBusy(false);
  }

  return (
    <div class="options-music">
      <Select
        label="Music"
        value={options.music || "none"}
        error={error || (problem ? `${problem.detail || problem.title} ${problem.remedy}` : "")}
        onChange={(event) => changeOptions({ music: event.currentTarget.value })}
      >
        <option value="calm">Calm</option>
        <option value="curious">Curious</option>
        <option value="none">None</option>
        {own && <option value={options.music}>{options.musicName || "Your track"}</option>}
      </Select>
      <Button size="s" look="quiet" icon="upload" busy={busy} onClick={() => input.current?.click()}>
        Your own track
      </Button>
      <input ref={input} type="file" accept={ACCEPTED_MUSIC} hidden onChange={(event) => void choose(event.currentTarget.files)} />
    </div>
  );
}

function Shape({ of, children }: { of: Options["aspect"]; children: ComponentChildren }) {
  return (
    <>
      <i class="shape" data-aspect={of} aria-hidden="true" />
      <span class="shape-name">{children}</span>
    </>
  );
}

function summarize(options: Options): string {
  const parts = [
    options.language ? nameOf(options.language) : "",
    options.voice,
    options.seconds ? (LENGTHS.find(([seconds]) => seconds === options.seconds)?.[1] ?? "") : "",
    options.audience && `for ${options.audience}`,
    options.style === "dialogue" ? "two people" : "",
    options.music === "none" ? "no music" : "",
    options.sounds === "off" ? "no sounds" : "",
    options.review ? "script first" : "",
    options.budget ? `up to $${options.budget}` : "",
  ].filter(Boolean);
  return parts.join(" · ") || "Chosen for you";
}

function summarizeBrand({ brand, cards }: Options): string {
  const count = Object.keys(brand.colours).length;
  const parts = [
    count ? (count === 1 ? "1 colour" : `${count} colours`) : "",
    brand.font,
    brand.logo ? "a logo" : "",
    cards ? "" : "no cards",
  ].filter(Boolean);
  return parts.join(" · ") || "The theme's own";
}

function baseOf(tag: string): string {
  return tag.split("-")[0] ?? tag;
}

function nameOf(tag: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
