import { LinkButton } from "../../design";
import { formatBytes } from "../../format/numbers";
import { toRatio, type ViewProps } from "./view";

/** The finished film and its files. */
export default function ResultView({ video }: ViewProps) {
  return (
    <div class="making">
      <div class="making-main">
        <div class="screen" style={{ aspectRatio: toRatio(video.options.aspect) }}>
          <video src={video.urls.content ?? ""} poster={video.thumbnail ?? undefined} controls playsInline preload="metadata" />
        </div>
        <p class="details-actions">
          {video.outputs.map((output) => (
            <LinkButton key={output.kind} size="s" icon="download" href={output.url} download>
              {output.kind}, {formatBytes(output.bytes)}
            </LinkButton>
          ))}
        </p>
      </div>
    </div>
  );
}
