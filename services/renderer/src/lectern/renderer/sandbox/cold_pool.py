"""A pool that starts an interpreter for every job: slower by an import of manim, but jobs share nothing."""

from __future__ import annotations

from pathlib import Path

from lectern.renderer.sandbox.warm_pool import WarmPool


class ColdPool(WarmPool):
    """The same sandbox as the warm pool's, with a zygote that forks once and is discarded."""

    def __init__(
        self,
        *,
        root: Path | None = None,
        scratch: Path | None = None,
        slots: int | None = None,
        tex: Path | None = None,
        disabled_layers: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(
            root=root,
            scratch=scratch,
            slots=slots,
            tex=tex,
            recycle_after=1,
            spare=False,
            disabled_layers=disabled_layers,
        )
