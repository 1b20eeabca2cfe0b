import type { ComponentChildren, InputHTMLAttributes, PartialInputHTMLAttributes, PartialSelectHTMLAttributes, TextareaHTMLAttributes } from "preact";
import { useId } from "preact/hooks";
import { Icon, type IconName } from "./icon";

type Described = { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };

type FieldProps = {
  label: ComponentChildren;
  /** What to write, or what follows from it. */
  hint?: ComponentChildren;
  /** What is wrong with it, and what to do. */
  error?: string;
  hideLabel?: boolean;
  children: (described: Described) => ComponentChildren;
};

/** A control with its label, hint and error, tied together for a screen reader. */
export function Field({ label, hint, error, hideLabel = false, children }: FieldProps) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  return (
    <div class="field">
      <label class={hideLabel ? "visually-hidden" : "field-label"} for={id}>
        {label}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function FieldError({ id, children }: { id?: string; children: ComponentChildren }) {
  return (
    <p class="field-error" id={id}>
      <Icon name="alert" size={15} />
      <span>{children}</span>
    </p>
  );
}

type Common = { label: ComponentChildren; hint?: ComponentChildren; error?: string; hideLabel?: boolean };

type TextType = "text" | "password" | "url" | "email" | "search" | "number" | "date";

export function TextField({
  label,
  hint,
  error,
  hideLabel,
  ...rest
}: Common & { type?: TextType } & Omit<PartialInputHTMLAttributes<HTMLInputElement>, "label" | "role" | "type">) {
  return (
    <Field label={label} hint={hint} error={error} hideLabel={hideLabel}>
      {(described) => {
        const attributes = { ...rest, ...described, class: `input ${rest.class ?? ""}` };
        // The types of JSX pair each type of input with its roles; ours sets no role.
        return <input {...(attributes as InputHTMLAttributes<HTMLInputElement>)} />;
      }}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  error,
  hideLabel,
  ...rest
}: Common & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "label">) {
  return (
    <Field label={label} hint={hint} error={error} hideLabel={hideLabel}>
      {(described) => <textarea {...rest} {...described} class={`input textarea ${rest.class ?? ""}`} />}
    </Field>
  );
}

/** The browser's own select: it works with every keyboard, phone and screen reader. */
export function Select({
  label,
  hint,
  error,
  hideLabel,
  children,
  ...rest
}: Common & Omit<PartialSelectHTMLAttributes<HTMLSelectElement>, "label" | "role" | "size" | "multiple">) {
  return (
    <Field label={label} hint={hint} error={error} hideLabel={hideLabel}>
      {(described) => (
        <span class="select">
          <select {...rest} {...described} class="input">
            {children}
          </select>
          <Icon name="chevronDown" size={16} />
        </span>
      )}
    </Field>
  );
}

export type Choice<T extends string> = { value: T; label: ComponentChildren; icon?: IconName; hint?: string };

type SegmentedProps<T extends string> = {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
  hideLabel?: boolean;
  hint?: ComponentChildren;
  error?: string;
};

/** One of a few: radio buttons that look like a switch with several positions. Arrow keys choose. */
export function Segmented<T extends string>({ label, choices, value, onChange, hideLabel, hint, error }: SegmentedProps<T>) {
  const id = useId();
  return (
    <fieldset class="field" aria-describedby={hint || error ? `${id}-hint` : undefined}>
      <legend class={hideLabel ? "visually-hidden" : "field-label"}>{label}</legend>
      <div class="segmented">
        {choices.map((choice) => (
          <label key={choice.value} class="segment" title={choice.hint}>
            <input
              type="radio"
              name={id}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span>
              {choice.icon && <Icon name={choice.icon} size={16} />}
              {choice.label}
            </span>
          </label>
        ))}
      </div>
      {error && <FieldError id={`${id}-hint`}>{error}</FieldError>}
      {hint && !error && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </fieldset>
  );
}

type SwitchProps = { label: ComponentChildren; hint?: ComponentChildren; checked: boolean; onChange: (checked: boolean) => void; disabled?: boolean };

export function Switch({ label, hint, checked, onChange, disabled }: SwitchProps) {
  const id = useId();
  return (
    <div class="switch">
      <div>
        <label class="field-label" for={id}>
          {label}
        </label>
        {hint && (
          <p class="field-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </div>
  );
}
