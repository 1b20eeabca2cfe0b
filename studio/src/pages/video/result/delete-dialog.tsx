import { useState } from "preact/hooks";
import { request } from "../../../api/client";
import { Confirm, showToast } from "../../../design";
import { navigate } from "../../../router";
import { showProblem } from "../actions";

export function DeleteDialog({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  async function remove(): Promise<void> {
    setBusy(true);
    try {
      await request("delete", "/v1/videos/{video_id}", { path: { video_id: id } });
      showToast({ text: "The video is deleted." });
      navigate("/library", { replace: true });
    } catch (error) {
      showProblem(error);
      setBusy(false);
    }
  }
  return (
    <Confirm open title={`Delete “${title}”?`} action="Delete the video" danger busy={busy} onConfirm={() => void remove()} onClose={onClose}>
      <p>Its film, script, history and share links are gone for good. Films that were made from it stay.</p>
    </Confirm>
  );
}
