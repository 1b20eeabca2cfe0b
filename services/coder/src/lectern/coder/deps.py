"""Dependencies of the coder's handlers."""

from __future__ import annotations

import msgspec

from lectern.coder.clients import PreflightClient, StillsClient
from lectern.coder.coding import SceneCoder


class CoderDeps(msgspec.Struct, frozen=True, kw_only=True):
    """The scene coder, and the renderer's requests."""

    coder: SceneCoder
    preflight: PreflightClient
    stills: StillsClient
