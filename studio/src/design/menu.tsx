import { useEffect, useId, useRef } from "preact/hooks";
import { IconButton } from "./button";
import { Icon, type IconName } from "./icon";

export type MenuItem =
  | { label: string; icon?: IconName; onSelect: () => void; danger?: boolean; checked?: boolean; disabled?: boolean }
  | { label: string; icon?: IconName; href: string; download?: boolean };

/** A button with a list of actions, in the browser's top layer. Arrow keys, Home, End and letters move in it. */
export function Menu({ label, icon = "more", items }: { label: string; icon?: IconName; items: readonly MenuItem[] }) {
  const id = useId();
  const button = useRef<HTMLSpanElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = menu.current;
    if (!element) return;
    const onToggle = (event: Event) => {
      const opened = (event as ToggleEvent).newState === "open";
      button.current?.firstElementChild?.setAttribute("aria-expanded", String(opened));
      if (opened) listItems(element)[0]?.focus();
    };
    const onBefore = (event: Event) => {
      if ((event as ToggleEvent).newState === "open" && button.current) place(element, button.current);
    };
    element.addEventListener("toggle", onToggle);
    element.addEventListener("beforetoggle", onBefore);
    return () => {
      element.removeEventListener("toggle", onToggle);
      element.removeEventListener("beforetoggle", onBefore);
    };
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    const element = menu.current;
    if (!element) return;
    const all = listItems(element);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = chooseNext(event.key, at, all);
    if (event.key === "Tab") element.hidePopover();
    if (to === null) return;
    event.preventDefault();
    all[to]?.focus();
  }

  return (
    <>
      <span ref={button} class="menu-button">
        <IconButton
          icon={icon}
          label={label}
          aria-haspopup="menu"
          aria-expanded="false"
          aria-controls={id}
          {...{ popovertarget: id }}
        />
      </span>
      <div ref={menu} id={id} class="menu" role="menu" aria-label={label} popover="auto" onKeyDown={onKeyDown}>
        {items.map((item) =>
          "href" in item ? (
            <a key={item.label} role="menuitem" tabIndex={-1} href={item.href} download={item.download || undefined} onClick={() => menu.current?.hidePopover()}>
              {item.icon && <Icon name={item.icon} size={16} />}
              {item.label}
            </a>
          ) : (
            <button
              key={item.label}
              type="button"
              role={item.checked === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={item.checked}
              tabIndex={-1}
              disabled={item.disabled}
              class={item.danger ? "menu-danger" : undefined}
              onClick={() => {
                menu.current?.hidePopover();
                item.onSelect();
              }}
            >
              {item.icon && <Icon name={item.icon} size={16} />}
              {item.label}
              {item.checked && <Icon name="check" size={16} />}
            </button>
          ),
        )}
      </div>
    </>
  );
}

function listItems(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]:not(:disabled)")];
}

function chooseNext(key: string, at: number, all: readonly HTMLElement[]): number | null {
  if (key === "ArrowDown") return (at + 1) % all.length;
  if (key === "ArrowUp") return (at - 1 + all.length) % all.length;
  if (key === "Home") return 0;
  if (key === "End") return all.length - 1;
  if (key.length !== 1 || key === " ") return null;
  const order = [...all.keys()].map((step) => (at + 1 + step) % all.length);
  return order.find((index) => all[index]?.textContent?.toLowerCase().startsWith(key.toLowerCase())) ?? null;
}

/** Below the button and inside the window; above it where there is no room. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const box = button.getBoundingClientRect();
  const below = innerHeight - box.bottom > 320 || box.top < 320;
  menu.style.insetBlockStart = below ? `${box.bottom + 6}px` : "auto";
  menu.style.insetBlockEnd = below ? "auto" : `${innerHeight - box.top + 6}px`;
  const alignEnd = box.left > innerWidth / 2;
  menu.style.left = alignEnd ? "auto" : `${Math.max(8, box.left)}px`;
  menu.style.right = alignEnd ? `${Math.max(8, document.documentElement.clientWidth - box.right)}px` : "auto";
}
