"""The critic: a vision model's look at a scene, and stills of what preflight found, as far as either is worth it."""

from __future__ import annotations

from lectern.coder.codegen.coding_run import CodingRun, ask
from lectern.coder.codegen.critique import CritiqueReply, critique_request, critique_verdict
from lectern.coder.codegen.looks import MAX_LOOKS, plan_looks
from lectern.coder.codegen.reference import load_text
from lectern.coder.codegen.repair_prompt import find_moments
from lectern.contracts.requests import SceneVerdict
from lectern.llm import ModelClient, ModelFailed
from lectern.worker import Transient

MAX_PICTURED_FINDINGS = 2  # stills that go with a repair
MAX_PICTURED_RENDER_SECONDS = 120.0  # CPU, as foretold: drawing stills of a dearer scene would hold up others
_LOOK_CHARACTERS = 4000  # of a still in a prompt, for estimates


class Critic:
    """Has stills of a scene drawn and looked at."""

    def __init__(self, model_client: ModelClient) -> None:
        self._model_client = model_client
        self._rules = load_text("critique.md")

    def can_look_at(self, run: CodingRun) -> bool:
        """True if a vision model is to look at the scene. Why one that is wanted cannot is told in the history."""
        wanted = run.task.options.critique
        if wanted is False or run.capture_stills is None:
            return False
        if not self._model_client.has_task("critique"):
            if wanted:
                run.add_look(
                    "No vision model is set up, so nobody looked at this scene. "
                    "Add a task `critique` to the engine's model table, or leave the critique out.",
                    "no-vision-model",
                )
            return False
        looking = self._model_client.highest_cost("critique", len(self._rules) + MAX_LOOKS * _LOOK_CHARACTERS)
        repairing = self._model_client.highest_cost("repair", MAX_LOOKS * _LOOK_CHARACTERS)
        if not run.budget.allows(looking + repairing):
            run.add_look(
                f"Nobody looked at this scene: that and a repair may cost ${looking + repairing:.2f}, more than "
                "is left for it. Raise max_cost_usd to have it looked at.",
                "no-budget",
            )
            return False
        return True

    async def look_at(self, run: CodingRun, code: str) -> tuple[SceneVerdict, tuple[bytes, ...]] | None:
        """A vision model's remarks on the scene, with stills of them; None, with the reason told, where it has none."""
        assert run.capture_stills is not None
        looks = plan_looks(code, run.task.narration)
        try:
            stills = await run.capture_stills(code, tuple(look.time for look in looks))
            parts = critique_request(run.task, looks, stills)
            reply = await ask(self._model_client, run, "critique", self._rules, parts, CritiqueReply)
        except ModelFailed as failure:
            run.add_usage(failure.usage)
            run.add_look(f"{failure.problem.detail} {failure.problem.remedy}", failure.problem.code)
            return None
        except Transient as error:
            run.add_look(f"Nobody looked at this scene: {error}", "no-stills")
            return None
        critique = critique_verdict(reply, run.task, looks)
        moments = find_moments(critique)[:MAX_PICTURED_FINDINGS]
        shown = dict(zip((look.time for look in looks), stills, strict=False))
        return critique, tuple(shown[time] for time in moments if time in shown)

    async def picture_findings(self, run: CodingRun, code: str, verdict: SceneVerdict) -> tuple[bytes, ...]:
        """Stills of the moments at which findings are seen; () where they would be dear or nobody could see them."""
        moments = find_moments(verdict)[:MAX_PICTURED_FINDINGS]
        if not moments or not verdict.ok or verdict.render_seconds > MAX_PICTURED_RENDER_SECONDS:
            return ()
        if run.capture_stills is None or not self._model_client.sees_images("repair"):
            return ()
        try:
            return await run.capture_stills(code, moments)
        except Transient:
            return ()
