"""What users may expect: how many are before them, and when their video will be there."""

from lectern.gateway.outlook.board import OutlookBoard, Prospect, StageQueue
from lectern.gateway.outlook.forecast import Forecast
from lectern.gateway.outlook.stage_times import StageTimes
from lectern.gateway.outlook.workforce import Workforce

__all__ = ["Forecast", "OutlookBoard", "Prospect", "StageQueue", "StageTimes", "Workforce"]
