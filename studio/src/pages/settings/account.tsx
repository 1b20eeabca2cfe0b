import { requestJson } from "../../api/client";
import { useLoaded } from "../../api/load";
import { type Problem, toProblem } from "../../api/problem";
import { Button, ProblemNotice, showToast, Skeleton } from "../../design";

type AccountInfo = { owner: string; key_id: string | null; scopes: readonly string[]; keys_required: boolean };

/** Who this browser acts for, where keys are in use. */
export function Account() {
  const account = useLoaded((signal) => requestJson<AccountInfo>("get", "/v1/account", { signal }), []);

  async function signOut(): Promise<void> {
    try {
      await requestJson("delete", "/v1/session");
      location.assign("/");
    } catch (error) {
      showToast({ text: toProblem(error).title, tone: "bad" });
    }
  }

  return (
    <section aria-labelledby="settings-account">
      <header>
        <h2 id="settings-account">Account</h2>
        <p>Whose videos you see and make here.</p>
      </header>
      {account.loading && !account.data && <Skeleton lines={2} />}
      {account.problem && <Unavailable problem={account.problem} onRetry={account.reload} />}
      {account.data && !account.data.keys_required && (
        <p class="settings-text">This Lectern runs for you alone: it listens on this machine only and asks for no key.</p>
      )}
      {account.data?.keys_required && (
        <div class="settings-facts">
          <dl>
            <div>
              <dt>Owner</dt>
              <dd>{account.data.owner || "everybody"}</dd>
            </div>
            <div>
              <dt>May</dt>
              <dd>{account.data.scopes.join(", ")}</dd>
            </div>
          </dl>
          <Button size="s" onClick={() => void signOut()}>
            Sign out
          </Button>
        </div>
      )}
    </section>
  );
}

/** A problem of one section; a gateway of an earlier version has no such route, and says so. */
export function Unavailable({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  if (problem.code === "no-such-route") return <p class="settings-text">This version of Lectern does not offer it.</p>;
  return <ProblemNotice problem={problem} onRetry={onRetry} />;
}
