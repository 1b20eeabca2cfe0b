"""Scripts in the object store: as JSON, with their Markdown form beside it."""

from __future__ import annotations

from lectern.contracts import keys
from lectern.contracts.script import Script
from lectern.gateway.clients import render_markdown
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.handlers.script_events import ScriptChange
from lectern.worker import Missing, ObjectStore

MARKDOWN = "text/markdown"


async def read_script(store: ObjectStore, script_key: str) -> Script:
    """Read the script under a key."""
    return await store.get_json(script_key, Script)


async def store_change(store: ObjectStore, change: ScriptChange, markdown: bytes | None = None) -> None:
    """Store a change's new script, if it has one, under the key that its event names."""
    if change.script is None:
        return
    await store.put_json(change.event.script_key, change.script)
    if markdown is not None:
        await _store_markdown(store, change.event.script_key, markdown)


async def read_markdown(deps: GatewayDeps, script_key: str) -> bytes:
    """Read a script's Markdown form. One that is not stored yet is rendered by a scripter and stored.

    Raises a 406 for a script that Markdown cannot express, and a 503 when no scripter answers.
    """
    store = deps.connections.store
    try:
        return await store.get(keys.script_markdown(script_key))
    except Missing:
        script = await read_script(store, script_key)
    markdown = await render_markdown(deps, script)
    await _store_markdown(store, script_key, markdown)
    return markdown


async def _store_markdown(store: ObjectStore, script_key: str, markdown: bytes) -> None:
    await store.put(keys.script_markdown(script_key), markdown, f"{MARKDOWN}; charset=utf-8")
