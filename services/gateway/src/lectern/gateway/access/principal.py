"""Whoever sends a request: an owner, with the rights of the key that was shown."""

from __future__ import annotations

import msgspec

from lectern.contracts.api_keys import SCOPES, Quotas, Scope


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """An owner and what may be done in its name.

    `key_id` is empty where nobody showed a key; `session` says that the key came in a browser's cookie.
    """

    owner: str
    key_id: str = ""
    scopes: tuple[Scope, ...] = ()
    quotas: Quotas = Quotas()
    session: bool = False


LOCAL = Principal(owner="", scopes=SCOPES)  # everybody, while no keys are required
NOBODY = Principal(owner="\0")  # no video has this owner; who asks for what is public
