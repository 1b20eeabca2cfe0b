"""Fetches from the store what a scene is rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from lectern.contracts.narration import Narration
from lectern.contracts.references import CodeContext
from lectern.worker import ObjectStore


class SceneInputs(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's code, its narration, and the files of its assets by name.

    `cast` is the code that its scenes share, `before` that of the scenes whose things it goes on with, oldest first.
    """

    code: str
    cast: str
    before: tuple[str, ...]
    narration: Narration
    assets: dict[str, Path]


async def fetch_inputs(
    store: ObjectStore,
    *,
    code_key: str,
    context: CodeContext,
    narration_key: str,
    assets: Mapping[str, str],
    folder: Path,
) -> SceneInputs:
    """Fetches a scene's inputs by their keys; assets are downloaded into `folder`. Raises Missing and Transient."""
    narration = await store.get_json(narration_key, Narration)
    return SceneInputs(
        code=(await store.get(code_key)).decode(),
        cast=(await store.get(context.cast_key)).decode() if context.cast_key else "",
        before=tuple([(await store.get(key)).decode() for key in context.before]),
        narration=narration,
        assets=await _fetch_assets(store, assets, folder),
    )


async def _fetch_assets(store: ObjectStore, assets: Mapping[str, str], folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for number, (name, key) in enumerate(sorted(assets.items())):
        files[name] = folder / f"asset-{number}"
        await store.get_file(key, files[name])
    return files
