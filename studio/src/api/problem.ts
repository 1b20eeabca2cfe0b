// What went wrong, in words a user can act on: the API's problems (RFC 9457), and those the API cannot report.

export type FieldProblem = { pointer: string; detail: string };

export type Problem = {
  code: string;
  title: string;
  detail: string;
  remedy: string;
  retryable: boolean;
  status: number | null;
  errors: readonly FieldProblem[];
};

/** Thrown by every request that did not succeed. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
  }
}

const UNREACHABLE: Problem = {
  code: "unreachable",
  title: "Lectern does not answer",
  detail: "The request did not reach the server, or its answer did not come back.",
  remedy: "Check that it is running and that you are online, then try again. Nothing you typed is lost.",
  retryable: true,
  status: null,
  errors: [],
};

/** The problem in a response's body; one made from its status if a proxy answered instead of Lectern. */
export function readProblem(status: number, body: unknown): Problem {
  if (isRecord(body) && typeof body.title === "string") {
    return {
      code: text(body.code) || "http-error",
      title: body.title,
      detail: text(body.detail),
      remedy: text(body.remedy),
      retryable: body.retryable === true,
      status,
      errors: Array.isArray(body.errors) ? body.errors.filter(isFieldProblem) : [],
    };
  }
  return {
    code: "http-error",
    title: `The server answered ${status}`,
    detail: "The answer did not come from Lectern itself, so it does not say why.",
    remedy: status >= 500 ? "Try again in a moment." : "Reload the page, then try again.",
    retryable: status >= 500,
    status,
    errors: [],
  };
}

/** Any caught value as a problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof TypeError) return UNREACHABLE; // what fetch throws when the network fails
  return {
    code: "studio",
    title: "Something in the page went wrong",
    detail: error instanceof Error ? error.message : String(error),
    remedy: "Reload the page. If it happens again, please report it with the text above.",
    retryable: false,
    status: null,
    errors: [],
  };
}

/** What a problem says about one field: `findFieldProblem(problem, "/options/voice")`. */
export function findFieldProblem(problem: Problem | null, pointer: string): string {
  const found = problem?.errors.find((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`));
  return found?.detail ?? "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && typeof value.pointer === "string" && typeof value.detail === "string";
}
