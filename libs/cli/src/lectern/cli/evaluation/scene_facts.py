"""What became of a scene: whether its code passed the check, what a critique did, whether it is shown as drawn."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.cli.evaluation.trial import AttemptResult, SceneTrial, Trial

LOOK, RENDER = "look", "render"  # entries among a scene's attempts that are no versions of its code
CRITIQUE = "critique"  # the rule of a look that found something serious


def has_asked_model(trial: Trial) -> bool:
    """True when the trial asked a model for anything."""
    return any(usage.kind == "model" and usage.requests for usage in trial.usage)


def list_judged_scenes(trial: Trial) -> list[SceneTrial]:
    """The scenes whose code is judged: a model's, and all that were lost, whoever was to draw them.

    Scenes that an author or a template drew without trouble say nothing about a model.
    """
    if not has_asked_model(trial):
        return []
    return [scene for scene in trial.scenes if is_lost(scene) or (scene.attempts and not _is_authors(scene))]


def is_lost(scene: SceneTrial) -> bool:
    """True for a scene that failed or is degraded."""
    return bool(scene.failed or scene.degraded)


def is_passed_within(scene: SceneTrial, versions: int | None = None) -> bool:
    """True when one of the first versions passed the check, before any critique or render. None is any number."""
    return any(not version.rule for version in _list_checked_versions(scene)[:versions])


def is_shown_as_drawn(scene: SceneTrial) -> bool:
    """True when the video shows the code that was written for the scene."""
    return scene.status == "rendered" and not is_lost(scene)


def count_versions(scene: SceneTrial) -> int:
    """The versions of its code, whatever became of them."""
    return sum(attempt.strategy not in (LOOK, RENDER) for attempt in scene.attempts)


def list_failed_looks(scene: SceneTrial) -> list[str]:
    """Why there was no critique, once for each look that failed."""
    return [each.rule for each in scene.attempts if each.strategy == LOOK and each.rule not in ("", CRITIQUE)]


def is_looked_at(scene: SceneTrial) -> bool:
    """True when a critique saw the scene."""
    return any(each.strategy == LOOK and each.rule in ("", CRITIQUE) for each in scene.attempts)


def is_faulted_by_critique(scene: SceneTrial) -> bool:
    """True when a critique found something serious."""
    return any(_is_fault(each) for each in scene.attempts)


def is_repaired_after_critique(scene: SceneTrial) -> bool:
    """True when a version that passed the check followed on what a critique found."""
    return _is_passed_after(scene, next((n for n, each in enumerate(scene.attempts) if _is_fault(each)), None))


def is_refused_at_render(scene: SceneTrial) -> bool:
    """True when code that had passed the check could not be rendered."""
    return any(each.strategy == RENDER for each in scene.attempts)


def is_repaired_after_render(scene: SceneTrial) -> bool:
    """True when a version that passed the check followed on one that could not be rendered, and is shown."""
    place = next((n for n, each in enumerate(scene.attempts) if each.strategy == RENDER), None)
    return not is_lost(scene) and _is_passed_after(scene, place)


def _list_checked_versions(scene: SceneTrial) -> Sequence[AttemptResult]:
    """The versions up to the first critique or refused render."""
    after = (n for n, each in enumerate(scene.attempts) if each.strategy in (LOOK, RENDER))
    return scene.attempts[: next(after, None)]


def _is_passed_after(scene: SceneTrial, place: int | None) -> bool:
    later = scene.attempts[place + 1 :] if place is not None else ()
    return any(not each.rule and each.strategy not in (LOOK, RENDER) for each in later)


def _is_fault(attempt: AttemptResult) -> bool:
    return attempt.strategy == LOOK and attempt.rule == CRITIQUE


def _is_authors(scene: SceneTrial) -> bool:
    """True for an author's own code that needed no model."""
    return scene.origin == "author" and len(scene.attempts) == 1
