// Signing in. Where the API wants a key it answers 401; the page asks for one and exchanges it for a session cookie
// that scripts cannot read. The key itself is never stored.

import { signal } from "@preact/signals";
import { type Problem, ProblemError, readProblem } from "./problem";

/** The question that the sign-in dialog shows; null when nothing is asked. */
export const question = signal<Problem | null>(null);

let asked: { answer: Promise<void>; resolve: () => void; reject: (error: Error) => void } | null = null;

/** Wait until the user has signed in. Every request that was refused waits for the same dialog. */
export function signIn(problem: Problem): Promise<void> {
  if (!asked) {
    let resolve = () => {};
    let reject: (error: Error) => void = () => {};
    const answer = new Promise<void>((done, failed) => {
      resolve = done;
      reject = failed;
    });
    asked = { answer, resolve, reject };
    question.value = problem;
  }
  return asked.answer;
}

/** Exchange a key for a session. Throws ProblemError when the key is not taken. */
export async function openSession(key: string): Promise<void> {
  const response = await fetch("/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key }),
    credentials: "same-origin",
  });
  if (!response.ok) throw new ProblemError(readProblem(response.status, await response.json().catch(() => null)));
  asked?.resolve();
  asked = null;
  question.value = null;
}

/** The user does not want to sign in: what waited fails with the problem it had. */
export function dismissSignIn(): void {
  const problem = question.value;
  if (problem) asked?.reject(new ProblemError(problem));
  asked = null;
  question.value = null;
}
