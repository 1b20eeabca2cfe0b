"""What a contact sheet of a video shows: the last frame of each beat, or of each scene where those are too many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lectern.contracts import events as e
from lectern.contracts.derived_files import CONTACT_SHEET_TILES, ContactSheet, SheetTile
from lectern.contracts.log import VideoLog
from lectern.contracts.narration import Narration
from lectern.contracts.quality import preset
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.refusals import refuse_state
from lectern.worker import map_concurrently

MAX_READS = 8  # narrations at once


async def describe_contact_sheet(deps: GatewayDeps, log: VideoLog) -> ContactSheet:
    """The contact sheet of all scenes that are rendered. Raises a 409 while there is none."""
    rendered = [facts.rendered for facts in log.state.scenes().values() if facts.rendered]
    if not rendered:
        raise refuse_state("No scene of the video is rendered yet.", "Wait for scene.rendered.")
    store = deps.connections.store
    read = await map_concurrently(
        lambda scene: store.get_json(scene.narration.key, Narration), rendered, limit=MAX_READS
    )
    narrations = {scene.scene: narration for scene, narration in zip(rendered, read, strict=True)}
    frame = preset(rendered[0].options.quality, rendered[0].options.aspect)
    return ContactSheet(tiles=choose_tiles(rendered, narrations), width=frame.width, height=frame.height)


def choose_tiles(scenes: Sequence[e.SceneRendered], narrations: Mapping[int, Narration]) -> tuple[SheetTile, ...]:
    """A tile for each beat, labelled `scene.beat`; for each scene where beats are too many; else for some scenes."""
    tiles = [tile for scene in scenes for tile in _show_beats(scene, narrations[scene.scene])]
    if len(tiles) > CONTACT_SHEET_TILES:
        tiles = [_show_frame(scene, scene.footage.frames, str(scene.scene)) for scene in scenes]
    if len(tiles) > CONTACT_SHEET_TILES:
        step = len(tiles) / CONTACT_SHEET_TILES
        tiles = [tiles[int(place * step)] for place in range(CONTACT_SHEET_TILES)]
    return tuple(tiles)


def _show_beats(scene: e.SceneRendered, narration: Narration) -> list[SheetTile]:
    return [
        _show_frame(scene, round(beat.end * scene.footage.fps), f"{scene.scene}.{number}")
        for number, beat in enumerate(narration.beats, 1)
    ]


def _show_frame(scene: e.SceneRendered, end: int, label: str) -> SheetTile:
    """The last frame before `end`."""
    footage = scene.footage
    frame = min(max(0, end - 1), footage.frames - 1)
    return SheetTile(footage_key=footage.key, frame=frame, fps=footage.fps, label=label)
