import { request, type Schemas } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { Icon, type IconName, LinkButton, ProblemNotice, Skeleton } from "../../../design";
import type { Video } from "../../../events/fold";
import { formatBytes } from "../../../format/numbers";

type Artifact = Schemas["ArtifactEntry"];

const LABELS: Readonly<Record<string, readonly [label: string, icon: IconName]>> = {
  video: ["Film", "film"],
  captions_vtt: ["Captions for the web", "captions"],
  captions_srt: ["Captions for players", "captions"],
  captions_ass: ["Captions with highlighted words", "captions"],
  chapters_vtt: ["Chapters", "text"],
  transcript: ["Transcript", "text"],
  transcript_json: ["Transcript with times", "code"],
  thumbnail: ["Title picture", "image"],
  contact_sheet: ["Contact sheet", "grid"],
  script: ["Script as data", "code"],
  script_markdown: ["Script to edit", "edit"],
  scene_video: ["With its voice", "film"],
  scene_footage: ["Silent", "film"],
  scene_still: ["Picture", "image"],
  scene_narration: ["Voice", "volume"],
  scene_words: ["Times of words", "text"],
  scene_code: ["Code", "code"],
};

/** Everything that can be downloaded, with its size. */
export function FileList({ id, video, version }: { id: string; video: Video; version: string }) {
  const { data, problem, reload } = useLoaded(
    async (signal) => (await request("get", "/v1/videos/{video_id}/artifacts", { path: { video_id: id }, signal })).data.data,
    [id, version],
  );
  const whole = data?.filter((each) => each.scene === null) ?? [];
  const known = data?.reduce((sum, each) => sum + (each.bytes ?? 0), 0) ?? 0;
  return (
    <section class="film-part" aria-labelledby="film-files">
      <header>
        <h2 id="film-files">Files</h2>
        <LinkButton size="s" icon="archive" href={`/v1/videos/${id}/archive`} download>
          Everything as a zip{known > 0 ? `, about ${formatBytes(known)}` : ""}
        </LinkButton>
      </header>
      {problem && <ProblemNotice problem={problem} onRetry={reload} />}
      {!data && !problem && (
        <div aria-busy="true">
          <Skeleton lines={4} />
        </div>
      )}
      {data && (
        <>
          <Rows files={whole} />
          {video.scenes.map((scene) => {
            const files = data.filter((each) => each.scene === scene.number);
            return (
              files.length > 0 && (
                <details key={scene.number} class="film-scene-files">
                  <summary>
                    <Icon name="chevronRight" size={15} />
                    <span dir="auto">
                      Scene {scene.number}: {scene.title}
                    </span>
                  </summary>
                  <Rows files={files} />
                </details>
              )
            );
          })}
        </>
      )}
    </section>
  );
}

function Rows({ files }: { files: readonly Artifact[] }) {
  return (
    <ul class="files">
      {files.map((file) => {
        const [label, icon] = LABELS[file.kind] ?? [file.kind.replaceAll("_", " "), "file" as const];
        return (
          <li key={file.name}>
            <a href={addDownload(file.url)} download>
              <Icon name={icon} size={16} />
              <span class="file-label">{label}</span>
              <span class="file-name">{suffixOf(file.name)}</span>
              <span class="file-size numeric">{file.bytes === null ? "made on demand" : formatBytes(file.bytes)}</span>
              <Icon name="download" size={16} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** The API names a file that is saved by the video's title. */
export function addDownload(url: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}download=1`;
}

function suffixOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toUpperCase();
}
