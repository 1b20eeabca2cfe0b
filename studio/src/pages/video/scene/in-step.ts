// Two videos that play in step: one leads with its sound, the other follows.

/** How far the follower may be off before it is set, in seconds: two frames at 15 a second. */
const TOLERANCE = 0.14;

/** What the follower must do to be in step. Pure. `end` is its length: past it, it shows its last frame. */
export function chooseStep(leader: { at: number; paused: boolean }, follower: { at: number; paused: boolean; end: number }): { seek: number | null; play: boolean | null } {
  const target = Math.min(leader.at, Math.max(0, follower.end - 0.05));
  const over = leader.at >= follower.end;
  const seek = Math.abs(follower.at - target) > TOLERANCE ? target : null;
  const wanted = !leader.paused && !over;
  return { seek, play: wanted === !follower.paused ? null : wanted };
}

/** Keep `follower` in step with `leader` until the returned function is called. */
export function followInStep(leader: HTMLVideoElement, follower: HTMLVideoElement): () => void {
  const keep = () => {
    if (!Number.isFinite(follower.duration)) return;
    const step = chooseStep(
      { at: leader.currentTime, paused: leader.paused || leader.ended },
      { at: follower.currentTime, paused: follower.paused, end: follower.duration },
    );
    if (step.seek !== null && !follower.seeking) follower.currentTime = step.seek;
    if (step.play === true) follower.play().catch(() => {}); // it is muted; if a browser refuses all the same, it stands still
    if (step.play === false) follower.pause();
    follower.playbackRate = leader.playbackRate;
  };
  const names = ["play", "playing", "pause", "seeking", "seeked", "timeupdate", "ratechange", "ended"] as const;
  for (const name of names) leader.addEventListener(name, keep);
  follower.addEventListener("loadedmetadata", keep);
  return () => {
    for (const name of names) leader.removeEventListener(name, keep);
    follower.removeEventListener("loadedmetadata", keep);
  };
}
