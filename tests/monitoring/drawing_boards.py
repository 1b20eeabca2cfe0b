"""Draws dashboards: their JSON and what their queries answered, as a page in the browser, as pictures for the documentation."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import async_playwright

PARTS = Path(__file__).parent / "drawing"


def describe_panel(panel: dict[str, Any], answers: list[Any]) -> dict[str, Any]:
    """What the page needs of a panel: its place, kind and look, and the series or rows of its answers."""
    kind, defaults = panel["type"], panel.get("fieldConfig", {}).get("defaults", {})
    described: dict[str, Any] = {"type": kind, "title": panel.get("title", ""), "at": panel["gridPos"]}
    if kind in {"row", "text"}:
        return described | {"content": panel.get("options", {}).get("content", "")}
    overrides = {
        rule["matcher"]["options"]: {each["id"]: each["value"] for each in rule["properties"]}
        for rule in panel.get("fieldConfig", {}).get("overrides", [])
    }
    described |= {
        "unit": defaults.get("unit", ""),
        "decimals": defaults.get("decimals"),
        "steps": [
            {"color": step["color"], "value": step.get("value")}
            for step in defaults.get("thresholds", {}).get("steps", [{"color": "green"}])
        ],
        "fixed": defaults.get("color", {}).get("fixedColor", ""),
        "nothing": defaults.get("noValue", ""),
        "named": panel.get("options", {}).get("textMode") == "value_and_name",
        "stacked": bool(defaults.get("custom", {}).get("stacking")),
        "colours": {name: each["color"]["fixedColor"] for name, each in overrides.items() if "color" in each},
        "dashed": [name for name, each in overrides.items() if "custom.lineStyle" in each],
    }
    return described | _fill_panel(panel, answers, overrides)


def _fill_panel(panel: dict[str, Any], answers: list[Any], overrides: dict[str, Any]) -> dict[str, Any]:
    def column(title: str) -> dict[str, Any]:
        rules = overrides.get(title, {})
        colour = rules.get("color", {}).get("fixedColor", "")
        return {
            "title": title,
            "unit": rules.get("unit", ""),
            "decimals": rules.get("decimals"),
            "colour": colour,
            "steps": rules.get("thresholds", {}).get("steps"),
        }

    if panel["datasource"]["type"] != "prometheus":
        target, rows = panel["targets"][0], answers
        titles = [each["text"] for each in target.get("columns", [])]
        if panel["type"] == "stat":
            return {"series": [{"name": "", "points": [[0, row[0]]]} for row in rows[:1] if row[0] is not None]}
        return {"columns": [column(title) for title in titles], "rows": rows}
    if panel["type"] == "table":
        options = next(t for t in panel["transformations"] if t["id"] == "organize")["options"]
        names = {
            name: options["renameByName"][name]
            for name in sorted(options["indexByName"], key=options["indexByName"].get)
        }
        labels = [name for name in names if not name.startswith("Value #")]
        merged: dict[tuple[str, ...], dict[int, float]] = {}
        for place, series in enumerate(answers):
            for each in series:
                row = tuple(each["metric"].get(label, "") for label in labels)
                merged.setdefault(row, {})[place] = float(each["values"][-1][1])
        rows = [[*row, *(cells.get(place) for place in range(len(answers)))] for row, cells in sorted(merged.items())]
        rows = [[None if cell != cell else cell for cell in row] for row in rows]
        for order in panel["options"].get("sortBy", []):
            place = list(names.values()).index(order["displayName"])
            rows.sort(key=lambda row: row[place] or 0, reverse=order.get("desc", False))
        return {"columns": [column(title) for title in names.values()], "rows": rows}
    found = []
    for target, series in zip(panel["targets"], answers, strict=True):
        for each in series:
            points = [[at, None if value in {"NaN", "+Inf", "-Inf"} else float(value)] for at, value in each["values"]]
            if any(value is not None for _, value in points):
                found.append({"name": name_series(target.get("legendFormat", ""), each["metric"]), "points": points})
    return {"series": found}


def name_series(legend: str, labels: dict[str, str]) -> str:
    """A series' name as Grafana makes it of a legend's pattern."""
    if legend == "__auto":
        return labels.get("le") or ", ".join(labels.values()) or "value"
    for name, value in labels.items():
        legend = legend.replace("{{" + name + "}}", value)
    return legend


def fold_rows(panels: list[dict[str, Any]]) -> None:
    """Folds rows that say what they need and have no figures, with how many panels they hide."""
    starts = [place for place, panel in enumerate(panels) if panel["type"] == "row"]
    for start, end in zip(starts, [*starts[1:], len(panels)], strict=True):
        inside = panels[start + 1 : end]
        empty = not any(panel.get("series") or panel.get("rows") for panel in inside)
        panels[start]["folded"] = len(inside) if empty and "need" in panels[start]["title"] else 0


async def draw_boards(boards: dict[str, dict[str, Any]], folder: Path) -> None:
    """Writes a PNG for each described dashboard, 1600 pixels wide."""
    style = "".join((PARTS / name).read_text() for name in ("uPlot.min.css", "page.css"))
    script = "".join((PARTS / name).read_text() for name in ("uPlot.iife.min.js", "page.js"))
    folder.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = await driver.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        for uid, board in boards.items():
            fold_rows(board["panels"])
            page = await browser.new_page(viewport={"width": 1600, "height": 900})
            await page.set_content(f"<style>{style}</style><h1></h1><p class=question></p><div id=grid></div>")
            await page.add_script_tag(content=script)
            await page.evaluate(f"draw({json.dumps(board)})")
            picture = Image.open(io.BytesIO(await page.screenshot(full_page=True)))
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(folder / f"{uid}.png", optimize=True)
            await page.close()
        await browser.close()
