import { useState } from "preact/hooks";
import { request, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/load";
import { findFieldProblem, type Problem, toProblem } from "../../api/problem";
import { Badge, Button, Confirm, Dialog, Icon, Menu, ProblemNotice, showToast, Skeleton, TextField } from "../../design";
import { formatWhen } from "../../format/times";
import { Unavailable } from "./account";
import { DeliveriesDialog } from "./deliveries";
import { SecretDialog } from "./secret";

type Webhook = Schemas["Webhook"];
type EventName = Webhook["events"][number];

const EVENTS: readonly (readonly [EventName, string])[] = [
  ["video.completed", "A video is finished"],
  ["video.failed", "A video failed"],
  ["video.cancelled", "A video was cancelled"],
  ["video.awaiting_approval", "A script waits for approval"],
  ["scene.failed", "A scene failed"],
  ["batch.completed", "A batch has ended"],
];

export function Webhooks() {
  const webhooks = useLoaded(async (signal) => (await request("get", "/v1/webhooks", { signal })).data.data, []);
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Webhook | null>(null);
  const [watched, setWatched] = useState<Webhook | null>(null);

  async function act(action: () => Promise<unknown>, done: string): Promise<void> {
    try {
      await action();
      if (done) showToast({ text: done, tone: "good" });
      webhooks.reload();
    } catch (error) {
      const problem = toProblem(error);
      showToast({ text: `${problem.title}. ${problem.remedy}`, tone: "bad" });
    }
  }

  const test = (hook: Webhook) =>
    act(async () => {
      await request("post", "/v1/webhooks/{webhook_id}/test", { path: { webhook_id: hook.id } });
      setWatched(hook);
    }, "A test event is on its way.");
  const rotate = (hook: Webhook) =>
    act(async () => {
      const { data } = await request("post", "/v1/webhooks/{webhook_id}/rotate-secret", { path: { webhook_id: hook.id } });
      setSecret(data.secret);
    }, "");
  const enable = (hook: Webhook) =>
    act(
      () => request("patch", "/v1/webhooks/{webhook_id}", { path: { webhook_id: hook.id }, body: { enabled: !hook.enabled } }),
      hook.enabled ? "It is told nothing until you enable it again." : "It is told of events again.",
    );
  const remove = (hook: Webhook) =>
    act(async () => {
      await request("delete", "/v1/webhooks/{webhook_id}", { path: { webhook_id: hook.id } });
      setRemoving(null);
    }, "The webhook was deleted.");

  return (
    <section aria-labelledby="settings-webhooks">
      <header>
        <h2 id="settings-webhooks">Webhooks</h2>
        <p>Addresses of yours that are told when something happens, signed and retried by the Standard Webhooks rules.</p>
        <Button size="s" icon="plus" disabled={webhooks.data === null} onClick={() => setAdding(true)}>
          Add webhook
        </Button>
      </header>
      {webhooks.loading && !webhooks.data && <Skeleton lines={3} />}
      {webhooks.problem && <Unavailable problem={webhooks.problem} onRetry={webhooks.reload} />}
      {webhooks.data?.length === 0 && <p class="settings-text">None yet. Add the address of your course system or chat to hear when a video is finished.</p>}
      {webhooks.data && webhooks.data.length > 0 && (
        <ul class="settings-list card">
          {webhooks.data.map((hook) => (
            <li key={hook.id}>
              <Icon name="webhook" />
              <div>
                <h3>{hook.description || new URL(hook.url).host}</h3>
                <p class="settings-url">{hook.url}</p>
                {hook.note && <p class="settings-bad">{hook.note}</p>}
                {hook.failing_since && <p class="settings-bad">Nothing has been delivered since {formatWhen(hook.failing_since)}.</p>}
              </div>
              <Badge tone={hook.enabled ? (hook.failing_since ? "bad" : "good") : "plain"}>
                {hook.enabled ? (hook.failing_since ? "failing" : "on") : "off"}
              </Badge>
              <Menu
                label={`Actions for ${hook.url}`}
                items={[
                  { label: "Send a test", icon: "play", onSelect: () => void test(hook) },
                  { label: "Deliveries", icon: "clock", onSelect: () => setWatched(hook) },
                  { label: hook.enabled ? "Turn off" : "Turn on", icon: hook.enabled ? "pause" : "check", onSelect: () => void enable(hook) },
                  { label: "Replace the secret", icon: "redo", onSelect: () => void rotate(hook) },
                  { label: "Delete", icon: "trash", danger: true, onSelect: () => setRemoving(hook) },
                ]}
              />
            </li>
          ))}
        </ul>
      )}
      <AddDialog
        open={adding}
        onClose={() => setAdding(false)}
        onAdded={(added) => {
          setAdding(false);
          setSecret(added.secret);
          webhooks.reload();
        }}
      />
      <DeliveriesDialog webhook={watched} onClose={() => setWatched(null)} />
      <SecretDialog
        title="The webhook's signing secret"
        secret={secret}
        hint="Verify each message with it, by any library of Standard Webhooks. After a replacement the old one signs as well for a while."
        onClose={() => setSecret(null)}
      />
      <Confirm open={removing !== null} title="Delete this webhook?" action="Delete webhook" danger onConfirm={() => removing && void remove(removing)} onClose={() => setRemoving(null)}>
        <p>{removing?.url} is told nothing any more, and what waits for it is dropped.</p>
      </Confirm>
    </section>
  );
}

function AddDialog({ open, onClose, onAdded }: { open: boolean; onClose: () => void; onAdded: (added: Schemas["WebhookWithSecret"]) => void }) {
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState("");
  const [events, setEvents] = useState<readonly EventName[]>(["video.completed", "video.failed"]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function add(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const { data } = await request("post", "/v1/webhooks", { body: { url: url.trim(), description: description.trim(), events: [...events] } });
      setUrl("");
      onAdded(data);
    } catch (error) {
      setProblem(toProblem(error));
    }
    setBusy(false);
  }

  const toggle = (name: EventName) => setEvents(events.includes(name) ? events.filter((each) => each !== name) : [...events, name]);
  const fields = ["/url", "/description", "/events"];
  return (
    <Dialog open={open} onClose={onClose} title="Add webhook">
      <form class="settings-form" onSubmit={(event) => void add(event)}>
        <TextField
          label="Address"
          type="url"
          value={url}
          placeholder="https://example.org/hooks/lectern"
          required
          error={findFieldProblem(problem, "/url")}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <TextField
          label="Description"
          value={description}
          maxlength={200}
          error={findFieldProblem(problem, "/description")}
          onInput={(event) => setDescription(event.currentTarget.value)}
        />
        <fieldset class="settings-checks">
          <legend class="field-label">Tell it when</legend>
          {EVENTS.map(([name, label]) => (
            <label key={name}>
              <input type="checkbox" checked={events.includes(name)} onChange={() => toggle(name)} />
              {label}
            </label>
          ))}
          {findFieldProblem(problem, "/events") && <p class="settings-bad">{findFieldProblem(problem, "/events")}</p>}
        </fieldset>
        {problem && <ProblemNotice problem={problem} except={fields} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy}>
            Add webhook
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
