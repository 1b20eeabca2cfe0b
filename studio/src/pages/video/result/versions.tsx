import { request } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { Badge, Icon } from "../../../design";
import type { Video } from "../../../events/fold";
import { nameLanguage } from "./languages";

/** The other languages and forms of this film, and the one it was made from. */
export function Versions({ id, video }: { id: string; video: Video }) {
  const root = video.parent ?? id;
  const { data } = useLoaded(
    async (signal) => {
      const made = await request("get", "/v1/videos", { query: { parent: root, limit: 50 }, signal });
      const original = video.parent ? await request("get", "/v1/videos/{video_id}", { path: { video_id: video.parent }, signal }).catch(() => null) : null;
      return [...(original ? [original.data] : []), ...made.data.data];
    },
    [root],
  );
  const others = data?.filter((each) => each.id !== id) ?? [];
  if (others.length === 0) return null;
  return (
    <section class="film-part" aria-labelledby="film-versions">
      <header>
        <h2 id="film-versions">Other versions</h2>
      </header>
      <ul class="versions">
        {others.map((each) => (
          <li key={each.id}>
            <a href={`/videos/${each.id}`}>
              <span class="version-picture" data-aspect={each.aspect}>
                {each.thumbnail ? <img src={each.thumbnail} alt="" loading="lazy" /> : <Icon name="film" />}
              </span>
              <span class="version-text">
                <span dir="auto" lang={each.language || undefined}>
                  {each.title}
                </span>
                <span>
                  {nameLanguage(each.language)}, {each.aspect}
                  {each.id === video.parent ? ", the original" : ""}
                </span>
              </span>
              {each.status !== "completed" && <Badge tone={each.status === "failed" ? "bad" : "accent"}>{each.status.replaceAll("_", " ")}</Badge>}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
