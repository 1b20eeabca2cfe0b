import { useRef, useState } from "preact/hooks";
import { findFieldProblem, type Problem, toProblem } from "../../api/problem";
import { Button, FieldError, Icon, IconButton, Select, Switch } from "../../design";
import themes from "../../design/themes.json";
import { type Brand, changeBrand, changeOptions, EMPTY_BRAND, type Options } from "./draft";
import { ACCEPTED_LOGOS, findLogoAddress, takeLogo } from "./uploads";

type Colour = keyof (typeof themes)["dark"];

/** The colours of a palette, in the order in which they are seen. */
const COLOURS: readonly (readonly [Colour, string])[] = [
  ["background", "Background"],
  ["surface", "Cards"],
  ["text", "Words"],
  ["muted", "Faint words"],
  ["primary", "First colour"],
  ["violet", "Second colour"],
  ["teal", "Third colour"],
  ["accent", "Where to look"],
  ["good", "Right, gain"],
  ["bad", "Wrong, loss"],
  ["border", "Edges and axes"],
];

const FONTS: readonly Brand["font"][] = ["Inter", "Inter Display", "Noto Sans", "Noto Serif", "Noto Sans Mono", "DejaVu Sans", "DejaVu Serif"];

/** What is wrong with the brand, wherever the API points at: one colour of it can make the whole choice unreadable. */
export function findBrandProblem(problem: Problem | null): string {
  const inside = problem?.errors.find((each) => each.pointer.startsWith("/options/brand"));
  if (inside) return inside.detail;
  const whole = findFieldProblem(problem, "/options");
  return whole.startsWith("brand") ? whole : "";
}

/** The sender's colours, font and logo, and the cards around the film. What is left open is the theme's. */
export function BrandFields({ options, problem }: { options: Options; problem: Problem | null }) {
  const error = findBrandProblem(problem);
  return (
    <div class="brand">
      <fieldset class="field brand-colours">
        <legend class="field-label">Colours</legend>
        <div class="brand-swatches">
          {COLOURS.map(([name, label]) => (
            <Swatch key={name} name={name} label={label} options={options} />
          ))}
        </div>
        {error ? (
          <FieldError>{error}</FieldError>
        ) : (
          <p class="field-hint">A colour that could not be read is refused, with the nearest one that can be.</p>
        )}
      </fieldset>
      <div class="brand-pair">
        <Select label="Font" value={options.brand.font} onChange={(event) => changeBrand({ font: event.currentTarget.value as Brand["font"] })}>
          <option value="">The theme's own</option>
          {FONTS.map((font) => (
            <option key={font} value={font}>
              {font}
            </option>
          ))}
        </Select>
        <Logo options={options} />
      </div>
      <div class="options-switches">
        <Switch
          label="Cards"
          hint="The question stands on the first picture; an idea and sources follow the last word."
          checked={options.cards}
          onChange={(cards) => changeOptions({ cards })}
        />
      </div>
      {isBranded(options.brand) && (
        <p>
          <Button size="s" look="quiet" icon="undo" onClick={() => changeOptions({ brand: EMPTY_BRAND })}>
            Back to the theme
          </Button>
        </p>
      )}
    </div>
  );
}

export function isBranded({ colours, font, logo }: Brand): boolean {
  return Object.keys(colours).length > 0 || font !== "" || logo !== "";
}

function Swatch({ name, label, options }: { name: Colour; label: string; options: Options }) {
  const { colours } = options.brand;
  const own = colours[name];
  function reset(): void {
    const { [name]: _, ...rest } = colours;
    changeBrand({ colours: rest });
  }
  return (
    <div class="swatch" data-own={own ? true : undefined}>
      <label>
        <input
          type="color"
          value={own ?? themes[options.theme][name].toLowerCase()}
          onInput={(event) => changeBrand({ colours: { ...colours, [name]: event.currentTarget.value } })}
        />
        <span>{label}</span>
      </label>
      {own && <IconButton icon="undo" label={`${label}: the theme's own`} onClick={reset} />}
    </div>
  );
}

function Logo({ options }: { options: Options }) {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { logo, logoName } = options.brand;
  const address = findLogoAddress(logo);

  async function choose(files: FileList | null): Promise<void> {
    const file = files?.[0];
    if (!file) return;
    setBusy(true);
    setProblem(null);
    await takeLogo(file).catch((caught: unknown) => setProblem(toProblem(caught)));
    setBusy(false);
  }

  return (
    <div class="field">
      <span class="field-label">Logo</span>
      <div class="brand-logo">
        {address ? <img src={address} alt="" /> : logo && <Icon name="file" />}
        {logo && <span class="brand-logo-name">{logoName}</span>}
        <Button size="s" look="quiet" icon="upload" busy={busy} onClick={() => input.current?.click()}>
          {logo ? "Another" : "Choose an image"}
        </Button>
        {logo && <IconButton icon="x" label="Remove the logo" onClick={() => changeBrand({ logo: "", logoName: "" })} />}
      </div>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED_LOGOS}
        aria-label="Logo"
        hidden
        onChange={(event) => {
          void choose(event.currentTarget.files);
          event.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
      {problem && <FieldError>{`${problem.detail || problem.title} ${problem.remedy}`}</FieldError>}
    </div>
  );
}
