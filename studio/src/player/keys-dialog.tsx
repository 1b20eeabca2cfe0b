import { signal } from "@preact/signals";
import { Dialog, Switch } from "../design";
import { readStored, writeStored } from "../storage";
import { KEYS } from "./keys";

const everywhere = signal(readStored("player.keys") !== "player");

/** Whether the film's keys also work where no control has the focus. They can be switched off (WCAG 2.1.4). */
export function useKeysEverywhere() {
  return everywhere;
}

export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      <dl class="player-keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <Switch
        label="Anywhere on the page"
        hint="Otherwise only while the player has the focus."
        checked={everywhere.value}
        onChange={(on) => {
          everywhere.value = on;
          writeStored("player.keys", on ? null : "player");
        }}
      />
    </Dialog>
  );
}
