"""The codes that problems of the pipeline may have, and the rules that findings may name: a bound for metrics.

A finding is reported by a scene's own process, so its rule is a stranger's word until it is found here.
"""

from __future__ import annotations

__all__ = [
    "FINDING_RULES",
    "KILL_REASONS",
    "PIPELINE_CODES",
]

KILL_REASONS = ("cpu", "idle", "starved", "memory", "output", "disk", "log", "threads", "crash", "sandbox")

# Of the checks of scene code (`lectern.scenekit`), and of the critic that looks at a scene.
FINDING_RULES = (
    "beat-missing",
    "beat-overrun",
    "word-missing",
    "too-dear",
    "out-of-frame",
    "text-too-small",
    "low-contrast",
    "text-covered",
    "text-overlap",
    "text-crowded",
    "line-through-text",
    "label-left-behind",
    "empty-picture",
    "small-picture",
    "nothing-moves",
    "piece-changes-size",
    "dot-lags-behind",
    "text-set-anew",
    "critique",
)

# Of what a stage gives up, tries again or waits for; and of scenes that are shown as a template. What is wrong with a
# user's Markdown has some forty codes of its own, of which an operator needs none.
PIPELINE_CODES = (
    "attempts-exhausted",
    "budget-exceeded",
    "code-unrepaired",
    "content-refused",
    "direction-needs-model",
    "disk-full",
    "disk-unusable",
    "document-encoding",
    "document-too-complex",
    "empty-brief",
    "file-not-made",
    "footage-unfit",
    "gone",
    "log-full",
    "log-unavailable",
    "machine-busy",
    "malformed-script",
    "manim-error",
    "manim-failed",
    "manim-too-dear",
    *(f"manim-{reason}" for reason in KILL_REASONS),
    "missing-picture",
    "model-answer-cut-off",
    "model-answer-empty",
    "model-answer-invalid",
    "music-gone",
    "music-unknown",
    "music-unusable",
    "no-model",
    "nothing-to-say",
    "original-gone",
    "prompt-not-answered",
    "prompts-unusable",
    "pronunciation-too-long",
    "provider-answer-unusable",
    "provider-auth",
    "provider-quota-spent",
    "provider-rate-limited",
    "provider-refused-request",
    "provider-unavailable",
    "renderer-unavailable",
    "scene-error",
    "scene-too-long",
    *(f"scene-{reason}" for reason in KILL_REASONS),
    "scenes-unlike",
    "script-unfit",
    "service-unavailable",
    "store-full",
    "store-unavailable",
    "translation-unfit",
    "translation-unlike",
    "unavailable",
    "unclear-topic",
    "unknown-lesson",
    "unknown-scene",
    "unreadable-event",
    "visual-unfit",
    "voice-unavailable",
    "worker-died",
    "wrong-length",
)
