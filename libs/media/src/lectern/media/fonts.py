"""Where fontconfig finds fonts besides the system's: programs that draw text may read these folders."""

from __future__ import annotations

import os


def list_font_folders() -> tuple[str, ...]:
    """Lists the user's own font folders and fontconfig's caches of them (fonts.conf(5))."""
    variables = read_font_variables()
    data, cache = variables["XDG_DATA_HOME"], variables["XDG_CACHE_HOME"]
    return (f"{data}/fonts", f"{cache}/fontconfig", f"{_find_home()}/.fonts")


def read_font_variables() -> dict[str, str]:
    """Returns the variables by which fontconfig finds these folders, though the home folder is another."""
    home = _find_home()
    return {
        "XDG_DATA_HOME": os.environ.get("XDG_DATA_HOME") or f"{home}/.local/share",
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache",
    }


def _find_home() -> str:
    """Returns the home folder; a user of a container may have none."""
    home = os.path.expanduser("~")
    return home if os.path.isabs(home) else "/nonexistent"
