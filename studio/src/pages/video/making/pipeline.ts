// Where a scene is on its way through the stages, and in words what is being done to it. Pure.

import type { Progress, Scene } from "../../../events/fold";
import { formatDuration } from "../../../format/times";

export type StageName = "voice" | "code" | "render";

/** `next`: it waits for its turn. `held`: it waits for something outside, and goes on by itself. */
export type StepState = "todo" | "next" | "working" | "held" | "done" | "failed";

export type Step = {
  stage: StageName;
  label: string;
  state: StepState;
  /** 0 to 1 while it works, where that is known. */
  share: number | undefined;
};

const STAGES: readonly { stage: StageName; label: string; service: string; from: Scene["status"] }[] = [
  { stage: "voice", label: "Voice", service: "voice", from: "planned" },
  { stage: "code", label: "Code", service: "coder", from: "narrated" },
  { stage: "render", label: "Render", service: "renderer", from: "coded" },
];
const ORDER: readonly Scene["status"][] = ["waiting", "planned", "narrated", "coded", "rendered"];

/** The steps of a scene, in order. `over`: the video has its outcome, so that nothing is at work any more. */
export function listSteps(scene: Scene, progress: Progress | undefined, over: boolean): Step[] {
  const failedAt = scene.status === "failed" ? findFailedStage(scene) : -1;
  return STAGES.map(({ stage, label, service, from }, index) => {
    const state = chooseState(scene, index, failedAt, from, over, progress?.stage === service, service);
    return { stage, label, state, share: state === "working" ? readShare(progress) : undefined };
  });
}

function chooseState(
  scene: Scene,
  index: number,
  failedAt: number,
  from: Scene["status"],
  over: boolean,
  reported: boolean,
  service: string,
): StepState {
  if (failedAt >= 0) return index < failedAt ? "done" : index === failedAt ? "failed" : "todo";
  const [now, start] = [ORDER.indexOf(scene.status), ORDER.indexOf(from)];
  if (now > start) return "done";
  if (now < start || over) return "todo";
  if (scene.waiting && scene.waiting.stage === service) return "held";
  return reported ? "working" : "next";
}

function findFailedStage(scene: Scene): number {
  const named = STAGES.findIndex((each) => each.service === scene.error?.stage);
  if (named >= 0) return named;
  return scene.narration ? 1 : 0;
}

function readShare(progress: Progress | undefined): number | undefined {
  if (!progress || progress.of <= 1) return undefined; // a step that is either not done or done says nothing
  return Math.min(1, Math.max(0, progress.done / progress.of));
}

/** One line about a scene: what is being done, or what has become of it. */
export function describeActivity(scene: Scene, progress: Progress | undefined, over: boolean): string {
  if (scene.status === "failed") return scene.error?.title ?? "Failed";
  if (scene.status === "rendered") {
    const length = scene.seconds ? formatDuration(scene.seconds) : "";
    return scene.degraded ? `Shown as a simple card${length && `, ${length}`}` : `Ready${length && `, ${length}`}`;
  }
  if (over) return "Not made";
  if (scene.waiting) return `Waits: ${scene.waiting.problem.title}`;
  const step = listSteps(scene, progress, over).find((each) => each.state === "working" || each.state === "next");
  if (!step) return "Waits for the script";
  if (step.state === "next") return `${step.label} is next`;
  return describeProgress(step.stage, progress);
}

function describeProgress(stage: StageName, progress: Progress | undefined): string {
  const again = progress && progress.attempt > 1 ? `, attempt ${progress.attempt}` : "";
  if (stage === "voice") return `Speaking${again}`;
  if (stage === "render" && progress && progress.of > 1) {
    return `Drawing frame ${Math.floor(progress.done)} of ${Math.floor(progress.of)}${again}`;
  }
  const doing = progress?.doing || "working";
  return `${doing[0]?.toUpperCase()}${doing.slice(1)}${again}`;
}

const VIDEO_DOING: Readonly<Record<string, string>> = {
  scripting: "Writing the script",
  review: "Waiting for you to approve the script",
  voicing: "Speaking the scenes",
  coding: "Working out the drawings",
  rendering: "Drawing the scenes",
  composing: "Putting the film together",
};

/** One line about the whole video. */
export function describeStage(stage: string | null | undefined, progress: Progress | undefined): string {
  if (!stage) return "";
  const known = VIDEO_DOING[stage] ?? "Working";
  const step = progress?.facts?.step;
  if (stage === "scripting" && typeof step === "string") return `${known}: ${step}`;
  if (stage === "composing" && progress?.stage === "composer" && progress.doing !== "done") return `${known}: ${progress.doing}`;
  return known;
}

/** What a version of the code was, in words. */
export function describeStrategy(strategy: string): string {
  const known: Record<string, string> = {
    draft: "First draft",
    lines: "Mended the line",
    block: "Mended the passage",
    scene: "Wrote the scene anew",
    simpler: "Wrote something simpler",
    look: "Looked at the picture",
    render: "Mended after drawing failed",
  };
  return known[strategy] ?? strategy;
}
