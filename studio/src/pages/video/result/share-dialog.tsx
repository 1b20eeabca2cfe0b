import { useState } from "preact/hooks";
import { request, type Schemas } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { type Problem, toProblem } from "../../../api/problem";
import { Button, Dialog, IconButton, LinkButton, ProblemNotice, Select, Skeleton } from "../../../design";
import { formatTimeInFull } from "../../../format/times";

type Share = Schemas["Share"];

const DAY = 86_400;
const LIFETIMES = [
  [DAY, "1 day"],
  [7 * DAY, "7 days"],
  [30 * DAY, "30 days"],
  [365 * DAY, "1 year"],
] as const;

/** Links that show this film, and nothing else, to whoever has them. */
export function ShareDialog({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const [lifetime, setLifetime] = useState<number>(7 * DAY);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState("");
  const { data, problem: unread, reload } = useLoaded(
    async (signal) => (await request("get", "/v1/videos/{video_id}/shares", { path: { video_id: id }, signal })).data.data,
    [id],
  );

  async function change(action: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setProblem(null);
    setSaid("");
    try {
      await action();
      reload();
    } catch (error) {
      setProblem(toProblem(error));
    }
    setBusy(false);
  }

  const make = () =>
    change(async () => {
      const { data: made } = await request("post", "/v1/videos/{video_id}/shares", { path: { video_id: id }, body: { expires_in: lifetime } });
      setSaid(await copyLink(made));
    });
  const end = (share: Share) =>
    change(async () => {
      await request("delete", "/v1/videos/{video_id}/shares/{share_id}", { path: { video_id: id, share_id: share.id } });
      setSaid("That link has ended. Whoever has it sees nothing any more.");
    });

  return (
    <Dialog open onClose={onClose} title={`Share “${title}”`}>
      <p>Whoever has the link can watch the film and download it, without an account. They see nothing else of yours.</p>
      <div class="share-make">
        <Select label="It works for" value={String(lifetime)} onChange={(event) => setLifetime(Number(event.currentTarget.value))}>
          {LIFETIMES.map(([seconds, label]) => (
            <option key={seconds} value={seconds}>
              {label}
            </option>
          ))}
        </Select>
        <Button look="primary" icon="link" busy={busy} onClick={() => void make()}>
          Make a link
        </Button>
      </div>
      <p class="share-said" role="status">
        {said}
      </p>
      {(problem ?? unread) && <ProblemNotice problem={(problem ?? unread) as Problem} onRetry={unread ? reload : undefined} />}
      {!data && !unread && (
        <div aria-busy="true">
          <Skeleton lines={2} />
        </div>
      )}
      {data && data.length > 0 && (
        <ul class="shares" aria-label="Links that work now">
          {data.map((share) => (
            <li key={share.id}>
              <input class="input" readOnly value={toAddress(share)} aria-label={`Link until ${formatTimeInFull(share.expires_at)}`} onFocus={(event) => event.currentTarget.select()} />
              <IconButton icon="copy" label="Copy the link" onClick={() => void copyLink(share).then(setSaid)} />
              <LinkButton class="button-icon" look="quiet" icon="eye" href={share.url} target="_blank" aria-label="Open the link" title="Open the link" />
              <IconButton icon="trash" label="End the link" disabled={busy} onClick={() => void end(share)} />
              <span class="share-until">Works until {formatTimeInFull(share.expires_at)}</span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function toAddress(share: Share): string {
  return new URL(share.url, location.href).href;
}

/** Copies a link. Returns what to say of it. */
async function copyLink(share: Share): Promise<string> {
  try {
    await navigator.clipboard.writeText(toAddress(share));
    return "Copied. Paste it wherever you like.";
  } catch {
    return "The link is ready. This browser does not let the page copy it: select it, and copy it yourself.";
  }
}
