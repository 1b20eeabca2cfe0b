import type { ButtonHTMLAttributes, ComponentChildren, PartialAnchorHTMLAttributes } from "preact";
import { Icon, type IconName } from "./icon";
import { Spinner } from "./progress";

type Look = {
  /** One primary button at most in view; `quiet` has no border until it is pointed at. */
  look?: "primary" | "plain" | "quiet" | "danger";
  size?: "m" | "s" | "l";
  icon?: IconName;
  children?: ComponentChildren;
};

type ButtonProps = Look & { busy?: boolean } & Omit<ButtonHTMLAttributes<HTMLButtonElement>, "size" | "icon">;

/** A button. While `busy` it keeps its width and the focus, and does nothing. */
export function Button({ look = "plain", size = "m", icon, busy = false, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${look} button-${size} ${rest.class ?? ""}`}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  look = "plain",
  size = "m",
  icon,
  children,
  ...rest
}: Look & { href: string } & Omit<PartialAnchorHTMLAttributes<HTMLAnchorElement>, "size" | "icon" | "href" | "role">) {
  return (
    <a {...rest} class={`button button-${look} button-${size} ${rest.class ?? ""}`}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

type IconButtonProps = { icon: IconName; label: string; look?: Look["look"]; size?: Look["size"] } & Omit<
  ButtonHTMLAttributes<HTMLButtonElement>,
  "size" | "icon" | "label"
>;

/** A button with only an icon: `label` is its name, and shown when it is pointed at. */
export function IconButton({ icon, label, look = "quiet", size = "m", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      class={`button button-${look} button-${size} button-icon ${rest.class ?? ""}`}
      aria-label={label}
    >
      <Icon name={icon} />
    </button>
  );
}
