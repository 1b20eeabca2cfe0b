/** A turning ring, for what has just been asked and takes a moment. */
export function Spinner({ label }: { label?: string }) {
  return <span class="spinner" role={label ? "status" : undefined} aria-label={label} aria-hidden={label ? undefined : true} />;
}

type ProgressProps = {
  /** What makes progress, for a screen reader. */
  label: string;
  /** 0 to 1; undefined while it is not known how much there is to do. */
  value?: number;
  tone?: "accent" | "good" | "bad" | "muted";
};

export function Progress({ label, value, tone = "accent" }: ProgressProps) {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      class={`progress progress-${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-unknown={percent === undefined || undefined}
    >
      <span style={{ inlineSize: percent === undefined ? undefined : `${percent}%` }} />
    </div>
  );
}

/** The shape of what is still loading. Give the place that waits `aria-busy`. */
export function Skeleton({ lines = 1, height }: { lines?: number; height?: string }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} style={height ? { blockSize: height } : undefined} />
      ))}
    </div>
  );
}
