import { useState } from "preact/hooks";
import { Button, LinkButton, Menu } from "../../../design";
import { formatBytes } from "../../../format/numbers";
import type { ViewProps } from "../view";
import { DeleteDialog } from "./delete-dialog";
import { DubDialog } from "./dub-dialog";
import { addDownload } from "./files";
import type { Film } from "../../../player/film";
import { FormsDialog } from "./forms-dialog";
import { ShareDialog } from "./share-dialog";

type Open = "share" | "dub" | "forms" | "delete" | null;

/** What can be done with a finished film. */
export function Actions({ id, video, film }: Omit<ViewProps, "following"> & { film: Film }) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const output = video.outputs.find((each) => each.kind === "video");
  return (
    <div class="film-actions">
      <Button look="primary" icon="share" onClick={() => setOpen("share")}>
        Share
      </Button>
      {output && (
        <LinkButton icon="download" href={addDownload(output.url)} download>
          Download<span class="film-size numeric">{formatBytes(output.bytes)}</span>
        </LinkButton>
      )}
      <Button icon="languages" onClick={() => setOpen("dub")}>
        Dub
      </Button>
      <Button icon="copy" onClick={() => setOpen("forms")}>
        Other forms
      </Button>
      <span class="film-more">
        <Menu
          label="More"
          items={[
            { label: "Change the script", icon: "edit", href: `/videos/${id}/script` },
            { label: "Everything as a zip", icon: "archive", href: `/v1/videos/${id}/archive`, download: true },
            { label: "Delete", icon: "trash", danger: true, onSelect: () => setOpen("delete") },
          ]}
        />
      </span>
      {open === "share" && <ShareDialog id={id} title={film.title} onClose={close} />}
      {open === "dub" && <DubDialog id={id} video={video} onClose={close} />}
      {open === "forms" && <FormsDialog id={id} video={video} onClose={close} />}
      {open === "delete" && <DeleteDialog id={id} title={film.title} onClose={close} />}
    </div>
  );
}
