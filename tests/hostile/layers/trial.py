"""Tries hostile scenes in a setting, in one container after the other."""

from __future__ import annotations

import contextlib
import selectors
import sys
from collections.abc import Iterator, Sequence

import msgspec
from hostile.layers.container import Container, open_container
from hostile.layers.settings import Setting

STARTING = 600.0  # seconds for a pool, of which a busy machine may need most
PATIENCE = 180.0  # seconds for an answer on a busy machine; a worker ends scenes much earlier itself
SILENCE = "the renderer itself was killed, or stopped answering"
_LEAVES_NO_TRACE = (
    "ESCAPED",
    "it kept its slot",
    "it computed",
    "it took",
    "the scene read",
    "what it delivered",
    "the secret is in",
    "the outcome has letters",
)


def try_scenes(setting: Setting, scenes: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Tries each scene and yields its name with the harm that it did."""
    waiting = list(scenes)
    while waiting:
        command = (sys.executable, "-m", "hostile.layers.worker", ",".join(sorted(setting.kept)))
        with open_container(command, as_root=setting.user == "root") as container:
            if _read_answer(container, STARTING) is None:
                raise RuntimeError(f"the pool did not start with {setting.name} as {setting.user}; see above")
            while waiting:
                scene = waiting.pop(0)
                harm = _ask(container, scene)
                yield scene, harm
                if any(not each.startswith(_LEAVES_NO_TRACE) for each in harm):
                    break


def _ask(container: Container, scene: str) -> list[str]:
    with contextlib.suppress(BrokenPipeError):
        container.requests.write(f"{scene}\n".encode())
    answer = _read_answer(container, PATIENCE)
    return [SILENCE] if answer is None else answer


def _read_answer(container: Container, seconds: float) -> list[str] | None:
    with selectors.DefaultSelector() as selector:
        selector.register(container.answers, selectors.EVENT_READ)
        line = container.answers.readline() if selector.select(seconds) else b""
    return msgspec.json.decode(line, type=list[str]) if line else None
