"""docs/api.md names every problem under the status it comes with."""

from __future__ import annotations

import re
from pathlib import Path

from lectern.gateway.problem_types import PROBLEM_TYPES

API_DOCS = Path(__file__).parents[3] / "docs" / "api.md"


def test_the_table_of_statuses_has_every_code_in_its_row() -> None:
    table = API_DOCS.read_text().partition("| Status | Codes |")[2].partition("\n\n")[0]
    documented = {
        code: row.split("|")[1].strip()
        for row in table.splitlines()
        if row.count("|") > 2
        for code in re.findall(r"`([a-z]+(?:-[a-z]+)*)`", row)
    }
    served = {
        kind.code: str(kind.status or "others") for kind in PROBLEM_TYPES.values() if kind.code != "keys-required"
    }
    assert documented == served, "keys-required alone is no response: a gateway does not start"
