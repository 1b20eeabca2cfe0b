"""The labels that metrics of several services share."""

from __future__ import annotations

from typing import get_args

from lectern.contracts.options import LANES
from lectern.contracts.problem_codes import FINDING_RULES, PIPELINE_CODES
from lectern.contracts.quality import Quality
from lectern.contracts.topology import STAGE_INPUTS
from lectern.worker.meter import MetricLabel

STAGE_LABEL = MetricLabel("stage", tuple(STAGE_INPUTS))
COMPONENT_LABEL = MetricLabel("component", ("gateway", *STAGE_INPUTS))
LANE_LABEL = MetricLabel("lane", LANES)
QUALITY_LABEL = MetricLabel("quality", get_args(Quality))
CODE_LABEL = MetricLabel("code", (*PIPELINE_CODES, *FINDING_RULES), shown="a problem's code")
CACHE_LABEL = MetricLabel("cache", ("narration", "preflight", "footage", "stills", "film", "answers", "derived-files"))
CACHE_RESULT_LABEL = MetricLabel("result", ("hit", "miss"))

# Their values are named by an operator's own tables.
MODEL_LABEL = MetricLabel("model", shown="as the model table names it", most=20)
TASK_LABEL = MetricLabel("task", shown="as the model table names it: script, code, repair, critique, …", most=20)
ENGINE_LABEL = MetricLabel("engine", shown="as the table of voices names it: google, piper, espeak, …", most=20)
