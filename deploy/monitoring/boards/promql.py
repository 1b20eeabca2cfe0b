"""Parts of PromQL that the dashboards' queries are put together from.

Every selector is bound to the dashboard's namespaces. Outside a cluster series have no such label; `.*` matches them,
too.
"""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("scripter", "voice", "coder", "renderer", "composer")
SHORT = ('length="short"', 'pass="first"')  # what the objective is about: films of up to three minutes, made once
FAILED_CALLS = 'status=~"5.."'
LAG = ("lectern_consumer_pending_messages", "lectern_consumer_unacked_messages")  # their sum is what is not done yet


@dataclass(frozen=True)
class Line:
    """One query of a panel and how its series are called: `legend` may hold `{{label}}`."""

    expr: str
    legend: str = ""
    exemplars: bool = False


def select(metric: str, *matchers: str) -> str:
    """A selector of a metric in the chosen namespaces."""
    return metric + "{" + ",".join(('namespace=~"$namespace"', *matchers)) + "}"


def per_second(metric: str, *matchers: str, by: str = "") -> str:
    """How fast a counter grows, over all processes."""
    return f"sum{_by(by)} (rate({select(metric, *matchers)}[$__rate_interval]))"


def per_minute(metric: str, *matchers: str, by: str = "") -> str:
    """How much a counter grows in a minute, over all processes."""
    return f"60 * {per_second(metric, *matchers, by=by)}"


def per_hour(metric: str, *matchers: str, by: str = "") -> str:
    """How much a counter grows in an hour, over all processes."""
    return f"3600 * {per_second(metric, *matchers, by=by)}"


def grown(metric: str, *matchers: str, by: str = "", window: str = "$__range") -> str:
    """By how much a counter grew in a window, which is what the dashboard shows."""
    return f"sum{_by(by)} (increase({select(metric, *matchers)}[{window}]))"


def quantile(share: float, metric: str, *matchers: str, by: str = "", window: str = "$__rate_interval") -> str:
    """A quantile of a histogram in its own unit; `metric` without `_bucket`."""
    labels = ", ".join(("le", *filter(None, [by])))
    buckets = f"sum by ({labels}) (rate({select(f'{metric}_bucket', *matchers)}[{window}]))"
    return f"histogram_quantile({share:g}, {buckets})"


def quantiles(metric: str, *matchers: str, window: str = "$__rate_interval") -> list[Line]:
    """How long half of a histogram's observations took, and 95 and 99 % of them, with exemplars."""
    shares = {0.5: "half", 0.95: "95 %", 0.99: "99 %"}
    return [
        Line(quantile(share, metric, *matchers, window=window), name, exemplars=share == 0.95)
        for share, name in shares.items()
    ]


def mean(metric: str, *matchers: str, by: str = "", window: str = "$__rate_interval") -> str:
    """The mean of a histogram's observations; `metric` without `_sum`."""
    parts = (f"sum{_by(by)} (rate({select(metric + end, *matchers)}[{window}]))" for end in ("_sum", "_count"))
    return " / ".join(parts)


def share_within(metric: str, bound: str, *matchers: str) -> str:
    """Which share of a histogram's observations in the dashboard's range is at most `bound`, one of its buckets."""
    within = grown(f"{metric}_bucket", f'le="{bound}"', *matchers)
    return f"{within} / {grown(f'{metric}_count', *matchers)}"


def watched(metric: str, *matchers: str, by: str = "") -> str:
    """A figure that every gateway reports alike, as all ask the event log themselves."""
    return f"max{_by(by)} ({select(metric, *matchers)})"


def of_stages(expression: str, stages: str = "|".join(STAGES)) -> str:
    """A figure of consumers as one of stages: adds the label `stage`. `expression` selects by `consumer_of`."""
    return f'label_replace({expression}, "stage", "$1", "consumer", "({stages})-.*")'


def consumer_of(stage: str = "|".join(STAGES)) -> str:
    """A matcher for both lanes' consumers of stages."""
    return f'consumer=~"({stage})-(fast|bulk)"'


def lag(stage: str = "|".join(STAGES)) -> str:
    """Messages that stages have not done yet, by stage: those that wait, and those at work or put aside."""
    each = " + ".join(watched(name, consumer_of(stage), by="consumer") for name in LAG)
    return f"sum by (stage) ({of_stages(each)})"


def oldest(stage: str = "|".join(STAGES)) -> str:
    """Age in seconds of the oldest message that is not done, by stage."""
    age = watched("lectern_consumer_oldest_message_age_seconds", consumer_of(stage), by="consumer")
    return f"max by (stage) ({of_stages(age)})"


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""
