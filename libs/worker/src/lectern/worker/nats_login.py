"""How a client proves to the NATS servers who it is. The values never appear in logs or errors."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any

from lectern.worker.settings import Settings


@dataclass(frozen=True, kw_only=True)
class NatsLogin:
    """A token, a user with a password, or a credentials file; and the certificates that are trusted."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    creds: str = ""
    ca: str = ""

    @classmethod
    def of(cls, settings: Settings) -> NatsLogin:
        """The login that settings describe; an empty one where the servers ask for none."""
        return cls(
            token=settings.nats_token.get_secret_value(),
            user=settings.nats_user,
            password=settings.nats_password.get_secret_value(),
            creds=settings.nats_creds,
            ca=settings.nats_ca,
        )

    def to_options(self) -> dict[str, Any]:
        """Arguments of `nats.connect`. Raises OSError when a file cannot be read."""
        options: dict[str, Any] = {}
        if self.creds:
            options["user_credentials"] = self.creds
        elif self.user:
            options |= {"user": self.user, "password": self.password}
        elif self.token:
            options["token"] = self.token
        if self.ca:
            options["tls"] = ssl.create_default_context(cafile=self.ca)
        return options
