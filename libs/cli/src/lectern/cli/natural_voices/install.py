"""`lectern voices add`: puts a natural voice into the home, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
from rich.console import Console

from lectern.cli.exit_status import OK, USAGE, command_exit
from lectern.cli.natural_voices.catalogue import SUGGESTED, CatalogueFile, VoiceFiles, find_voice_files
from lectern.cli.natural_voices.download import TIMEOUT_SECONDS, OnBytes, fetch_file, fetch_text, hash_file
from lectern.language.tags import base_language

_FOLDER, _PARTS = "voices", ".parts"
_MAX_CARD_CHARACTERS = 4_000


def voices_folder(home: Path) -> Path:
    """Where a home has its voices: `NAME.onnx` with `NAME.onnx.json`."""
    return home.expanduser().resolve() / _FOLDER


def has_voices(home: Path) -> bool:
    """True if a voice was added to the home."""
    return any(voices_folder(home).glob("*.onnx.json"))


def hint_at_voices(language: str) -> str:
    """Says how to get a natural voice for a language (BCP-47) instead of espeak-ng's."""
    wanted = SUGGESTED if base_language(language) == "en" else base_language(language)
    return f"The voice is espeak-ng. For a natural one on this machine: lectern voices add {wanted}"


async def add_voice(name: str, home: Path, publisher: str, accept: Callable[[str], bool], messages: Console) -> int:
    """Fetches a voice from `publisher` and installs it, if `accept` agrees to its card. Raises CommandExit."""
    folder = voices_folder(home)
    parts = folder / _PARTS
    parts.mkdir(parents=True, exist_ok=True, mode=0o700)
    timeout = httpx.Timeout(TIMEOUT_SECONDS)
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=True, max_redirects=5) as client:
        voice = find_voice_files(name, await fetch_text(client, f"{publisher}/voices.json"))
        if _is_installed(voice, folder):
            messages.print(f"{voice.name} is installed.")
            return OK
        card = await _read_card(client, publisher, voice)
        if not accept(f"{card}\n\n{voice.name}, {voice.model[1].size_bytes / 1e6:.0f} MB, from {publisher}"):
            raise command_exit(
                USAGE, "licence-not-accepted", "The voice was not fetched", "Its licence was not accepted.",
                "Read its card above; with --accept-licence nobody is asked.",
            )  # fmt: skip
        for path, wanted in (voice.settings, voice.model):
            await fetch_file(client, f"{publisher}/{path}", wanted, _part(parts, wanted), _report(messages, path))
    # The settings make a model a voice: they come last, so that nothing is ever seen by halves.
    _part(parts, voice.model[1]).replace(folder / f"{voice.name}.onnx")
    (folder / f"{voice.name}.LICENCE.txt").write_text(card + "\n", encoding="utf-8")
    _part(parts, voice.settings[1]).replace(folder / f"{voice.name}.onnx.json")
    messages.print(
        f"piper-{voice.name} is installed in {folder}. A Lectern that runs uses it once it is started again."
    )
    return OK


def _part(parts: Path, wanted: CatalogueFile) -> Path:
    return parts / wanted.md5_digest


def _is_installed(voice: VoiceFiles, folder: Path) -> bool:
    files = ((folder / f"{voice.name}.onnx", voice.model[1]), (folder / f"{voice.name}.onnx.json", voice.settings[1]))
    return all(path.is_file() and hash_file(path) == wanted.md5_digest for path, wanted in files)


async def _read_card(client: httpx.AsyncClient, publisher: str, voice: VoiceFiles) -> str:
    if voice.card is None:
        return "The catalogue has no card for this voice: its licence is not known."
    text = (await fetch_text(client, f"{publisher}/{voice.card[0]}")).decode("utf-8", "replace")
    kept = "".join(each for each in text if each.isprintable() or each == "\n")
    return kept[:_MAX_CARD_CHARACTERS].strip()


def _report(messages: Console, path: str) -> OnBytes:
    """Tells each tenth of a file."""
    told = -1

    def report(have: int, total: int) -> None:
        nonlocal told
        tenth = have * 10 // total
        if tenth > told:
            told = tenth
            messages.print(f"{path.rpartition('/')[2]}: {have * 100 // total} % of {total / 1e6:.1f} MB")

    return report
