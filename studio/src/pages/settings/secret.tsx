import { useRef, useState } from "preact/hooks";
import { announce, Button, Dialog, Notice } from "../../design";

/** A secret that is shown this once, to be copied. */
export function SecretDialog({ title, secret, hint, onClose }: { title: string; secret: string | null; hint: string; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);

  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(secret ?? "");
      setCopied(true);
      announce("Copied");
    } catch {
      announce("Selected. Copy it with your keyboard."); // pages without TLS may not use the clipboard
    }
  }

  function close(): void {
    setCopied(false);
    onClose();
  }

  return (
    <Dialog
      open={secret !== null}
      onClose={close}
      title={title}
      actions={
        <Button look="primary" onClick={close}>
          I have kept it
        </Button>
      }
    >
      <Notice tone="warn">Nobody can show it again, not even you. Keep it where you keep passwords.</Notice>
      <div class="secret">
        <input ref={field} class="input" readOnly value={secret ?? ""} aria-label={title} onFocus={(event) => event.currentTarget.select()} />
        <Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
      <p>{hint}</p>
    </Dialog>
  );
}
