"""Videos and scripts as an assistant reads them: what matters, and what to do next."""

from __future__ import annotations

from typing import Any

from lectern.client.models import ScriptDocument, Video, VideoSummary

NEXT_STEPS = {
    "queued": "Call wait_for_video.",
    "in_progress": "Call wait_for_video again until the status changes.",
    "awaiting_approval": "Read the script with get_script, show it to the user, mend it with edit_script, then call "
    "approve_script.",
    "completed": "Give the user the address, or save the file with save_video.",
    "failed": "Tell the user what `error` says. retry_video makes again what failed; redo_scene changes a scene first.",
    "cancelled": "Nothing more happens. retry_video goes on with it.",
}


def summarise_video(video: Video | VideoSummary, url: str) -> dict[str, Any]:
    """A video in a few fields. Addresses are whole."""
    summary: dict[str, Any] = {
        "id": video.id,
        "title": video.title,
        "status": video.status,
        "stage": video.stage,
        "progress_percent": video.progress,
        "scenes_rendered": f"{video.scenes_rendered} of {video.scene_count}",
        "revision": video.revision,
        "created_at": video.created_at.isoformat(),
        "watch": f"{url}/videos/{video.id}",
        "next_step": NEXT_STEPS.get(video.status, "Call get_video later."),
    }
    if video.seconds is not None:
        summary["seconds"] = video.seconds
    if video.urls.content:
        summary["file"] = f"{url}{video.urls.content}"
    if video.error is not None:
        summary["error"] = {"code": video.error.code, "detail": video.error.detail, "remedy": video.error.remedy}
    if video.waiting is not None:
        summary["waiting_for"] = video.waiting.problem.detail
    if isinstance(video, Video):
        summary |= _summarise_making(video)
    return summary


def summarise_script(script: ScriptDocument) -> dict[str, Any]:
    """A script as it will be spoken. `revision` is what edit_script and approve_script ask for."""
    return {
        "revision": script.revision,
        "approved": script.approved,
        "title": script.title,
        "language": script.language,
        "scenes": [
            {
                "scene": number,
                "title": scene.title,
                "narration": [beat.text for beat in scene.beats],
                "shows": (scene.visual or {}).get("kind", "drawn by a model") if scene.visual else "drawn by a model",
                "direction": scene.plan.direction,
            }
            for number, scene in enumerate(script.scenes, 1)
        ],
        "doubts": script.doubts,
        "sources": script.sources,
    }


def _summarise_making(video: Video) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "cost_usd": video.usage.cost_usd,
        "script_revision": video.script_revision,
        "scenes": [
            {
                "scene": scene.number,
                "title": scene.title,
                "status": scene.status,
                **({"problem": scene.error.detail} if scene.error else {}),
                **({"fallback_shown_because": scene.degraded.detail} if scene.degraded else {}),
            }
            for scene in video.scenes
        ],
        "notes": [note.text for note in video.notes],
    }
    if video.eta is not None:
        summary["ready_in_seconds"] = {"low": video.eta.low, "high": video.eta.high}
    return summary
