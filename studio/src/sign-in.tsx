import { useState } from "preact/hooks";
import { type Problem, toProblem } from "./api/problem";
import { dismissSignIn, openSession, question } from "./api/session";
import { Button, Dialog, ProblemNotice, TextField } from "./design";

/** Asks for a key when the API wants one. */
export function SignIn() {
  const asked = question.value;
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await openSession(key.trim());
      setKey("");
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open={asked !== null} onClose={dismissSignIn} title="Sign in with your key">
      <form class="sign-in" onSubmit={submit}>
        <p>
          This Lectern is shared, so it asks who you are. Whoever runs it can give you a key: <code>lectern keys create</code>.
        </p>
        <TextField
          label="Key"
          type="password"
          name="key"
          value={key}
          placeholder="lk_…"
          autocomplete="current-password"
          spellcheck={false}
          required
          autofocus
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        {problem && <ProblemNotice problem={problem} />}
        <p class="field-hint">The key is exchanged for a session in this browser and is not kept.</p>
        <footer>
          <Button onClick={dismissSignIn}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy}>
            Sign in
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
