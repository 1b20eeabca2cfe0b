"""Grafana dashboards as code: `python -m boards` writes them to `../dashboards/*.json`."""

from boards.api import build_api
from boards.money import build_money
from boards.overview import build_overview
from boards.pipeline import build_pipeline
from boards.quality import build_quality
from boards.renderers import build_renderers
from boards.video import build_video

BOARDS = (build_overview, build_pipeline, build_renderers, build_quality, build_money, build_api, build_video)
