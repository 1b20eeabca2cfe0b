import { useState } from "preact/hooks";
import { requestJson } from "../../api/client";
import { useLoaded } from "../../api/load";
import { findFieldProblem, type Problem, toProblem } from "../../api/problem";
import { Badge, Button, Confirm, Dialog, Icon, ProblemNotice, Segmented, Select, showToast, Skeleton, TextField } from "../../design";
import { formatTimeInFull, formatWhen } from "../../format/times";
import { Unavailable } from "./account";
import { SecretDialog } from "./secret";

type Key = { id: string; name: string; scopes: readonly string[]; created_at: string; expires_at: string | null; revoked_at: string | null };
type NewKey = Key & { key: string };
type Rights = "read" | "write" | "admin";

const SCOPES: Readonly<Record<Rights, readonly string[]>> = { read: ["read"], write: ["read", "write"], admin: ["read", "write", "admin"] };
const RIGHTS: Readonly<Record<Rights, string>> = {
  read: "It can watch and download your videos.",
  write: "It can make, change and delete your videos, too.",
  admin: "It can also make and revoke keys.",
};
const DAY = 86_400;

export function Keys() {
  const keys = useLoaded(async (signal) => (await requestJson<{ data: Key[] }>("get", "/v1/keys", { signal })).data, []);
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const [busy, setBusy] = useState(false);
  const shown = (keys.data ?? []).filter((key) => !key.revoked_at);

  async function revoke(): Promise<void> {
    if (!revoking) return;
    setBusy(true);
    try {
      await requestJson("delete", `/v1/keys/${encodeURIComponent(revoking.id)}`);
      showToast({ text: `The key “${revoking.name || revoking.id}” opens nothing any more.`, tone: "good" });
      keys.reload();
    } catch (error) {
      showToast({ text: toProblem(error).title, tone: "bad" });
    }
    setBusy(false);
    setRevoking(null);
  }

  return (
    <section aria-labelledby="settings-keys">
      <header>
        <h2 id="settings-keys">Keys</h2>
        <p>For programs, assistants and other people's browsers. Each can be ended by itself.</p>
        <Button size="s" icon="plus" disabled={keys.data === null} onClick={() => setCreating(true)}>
          New key
        </Button>
      </header>
      {keys.loading && !keys.data && <Skeleton lines={3} />}
      {keys.problem && <Unavailable problem={keys.problem} onRetry={keys.reload} />}
      {keys.data && !shown.length && <p class="settings-text">No keys yet. Make one to use the API, the Python client or the command line from elsewhere.</p>}
      {shown.length > 0 && (
        <ul class="settings-list card">
          {shown.map((key) => (
            <li key={key.id}>
              <Icon name="key" />
              <div>
                <h3>{key.name || "Without a name"}</h3>
                <p>
                  <code>lk_{key.id}_…</code> · made <time title={formatTimeInFull(key.created_at)}>{formatWhen(key.created_at)}</time>
                  {key.expires_at && ` · ends ${new Date(key.expires_at).toLocaleDateString("en-GB", { dateStyle: "medium" })}`}
                </p>
              </div>
              <Badge>{key.scopes.join(", ")}</Badge>
              <Button size="s" look="quiet" aria-label={`Revoke ${key.name || key.id}`} onClick={() => setRevoking(key)}>
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      )}
      <NewKeyDialog
        open={creating}
        onClose={() => setCreating(false)}
        onMade={(key) => {
          setCreating(false);
          setMade(key);
          keys.reload();
        }}
      />
      <SecretDialog
        title={`Your key “${made?.name || made?.id}”`}
        secret={made?.key ?? null}
        hint="Programs send it as “Authorization: Bearer …”."
        onClose={() => setMade(null)}
      />
      <Confirm open={revoking !== null} title="Revoke this key?" action="Revoke key" danger busy={busy} onConfirm={() => void revoke()} onClose={() => setRevoking(null)}>
        <p>Programs and browsers that use “{revoking?.name || revoking?.id}” are cut off within a second. Its videos stay. This cannot be undone.</p>
      </Confirm>
    </section>
  );
}

function NewKeyDialog({ open, onClose, onMade }: { open: boolean; onClose: () => void; onMade: (key: NewKey) => void }) {
  const [name, setName] = useState("");
  const [rights, setRights] = useState<Rights>("write");
  const [days, setDays] = useState("0");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function create(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const lifetime = Number(days) ? { expires_in: Number(days) * DAY } : {};
    try {
      onMade(await requestJson<NewKey>("post", "/v1/keys", { body: { name: name.trim(), scopes: SCOPES[rights], ...lifetime } }));
      setName("");
    } catch (error) {
      setProblem(toProblem(error));
    }
    setBusy(false);
  }

  return (
    <Dialog open={open} onClose={onClose} title="New key">
      <form class="settings-form" onSubmit={(event) => void create(event)}>
        <TextField
          label="Name"
          value={name}
          placeholder="Biology course, my laptop…"
          maxlength={80}
          hint="So that you know later which one to end."
          error={findFieldProblem(problem, "/name")}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Segmented
          label="What it may do"
          value={rights}
          onChange={setRights}
          hint={RIGHTS[rights]}
          choices={[
            { value: "read", label: "Watch" },
            { value: "write", label: "Make" },
            { value: "admin", label: "Manage keys" },
          ]}
        />
        <Select label="Ends" value={days} onChange={(event) => setDays(event.currentTarget.value)}>
          <option value="0">Never</option>
          <option value="7">In a week</option>
          <option value="30">In 30 days</option>
          <option value="365">In a year</option>
        </Select>
        {problem && <ProblemNotice problem={problem} except={["/name"]} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy}>
            Create key
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
