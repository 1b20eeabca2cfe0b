"""The gateway's settings. Each is an environment variable: `LECTERN_` and the field's name in capitals."""

from __future__ import annotations

import re

from pydantic import Field, SecretStr, field_validator

from lectern.worker import Settings

# As browsers write it (RFC 6454, section 6.2): lower case, no path, no default port. `*` and `null` are nobody's.
_ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?")


class GatewaySettings(Settings):
    """The address of the API, limits of its requests, and the ways it sends media and streams."""

    host: str = Field("127.0.0.1", description="address the API listens on; local only by default")
    port: int = Field(8080, ge=0, le=65535, description="port the API listens on; 0 chooses a free one")
    allowed_hosts: str = Field(
        "",
        description="names that the API answers to besides loopback names and the address it listens on, comma "
        "separated: lectern.example.org, .example.org for every name below it, * for any",
    )
    require_keys: bool = Field(
        False, description="ask every client for an API key; needed to listen on an address that others can reach"
    )
    signing_key: SecretStr = Field(
        SecretStr(""),
        description="secret of at least 32 characters, the same for all gateways, that signs sessions and share links; "
        "`lectern up` makes one",
    )
    earlier_signing_key: SecretStr = Field(
        SecretStr(""), description="the signing key before this one: what it signed stays valid"
    )
    session_seconds: int = Field(7 * 86_400, ge=60, le=30 * 86_400, description="seconds that a session lasts")
    cors_origins: str = Field(
        "",
        description="origins whose pages may use the API with a key, comma separated: https://app.example.org; none by "
        "default. Where no keys are required they may do everything",
    )
    compat_routes: bool | None = Field(
        None,
        description="serve the paths of older clients: /createvideo, /status, /create-video, /generate-script and "
        "/health; by default where the API listens on a loopback address",
    )
    wait_limit: float = Field(
        60.0, ge=0, le=60, description="longest that a request which would rather wait is held, in seconds"
    )
    compat_wait: float = Field(
        55.0, ge=0, le=60, description="seconds that /create-video and /generate-script wait before they answer 202"
    )
    quota_videos_per_day: int = Field(0, ge=0, description="videos that an owner may request a day (UTC); 0: any")
    quota_videos_at_once: int = Field(0, ge=0, description="videos that an owner may have made at once; 0: any")
    quota_minutes_per_month: float = Field(
        0, ge=0, description="minutes of finished video that an owner may have made a month; 0: any"
    )
    quota_dollars_per_day: float = Field(
        0, ge=0, description="dollars of models and voices that an owner may spend a day; 0: any"
    )
    rate_reads: int = Field(1200, ge=0, description="requests to read that an owner may send a minute; 0: any")
    rate_writes: int = Field(120, ge=0, description="requests to change that an owner may send a minute; 0: any")
    rate_sends: int = Field(
        20, ge=0, description="tests and redeliveries of webhooks that an owner may send a minute; 0: any"
    )
    rate_sessions: int = Field(
        60, ge=0, description="requests to sign in or out that come from one address a minute; 0: any"
    )
    rate_shared: int = Field(
        600, ge=0, description="requests by share links that come from one address a minute; 0: any"
    )
    media_redirect: bool = Field(False, description="redirect media requests to a presigned URL of the store")
    media_url_seconds: int = Field(3600, ge=60, le=604_800, description="seconds for which such a URL is valid")
    json_limit: int = Field(4 * 1024 * 1024, description="size limit of a JSON or Markdown body, in bytes")
    asset_limit: int = Field(8 * 1024 * 1024, description="size limit of an image, in bytes")
    music_limit: int = Field(
        20 * 1024 * 1024, description="size limit of a track, in bytes; the composer accepts 20 MB"
    )
    stream_heartbeat: float = Field(15.0, gt=0, description="seconds between pings on an idle event stream")
    stream_seconds: float = Field(
        600.0, gt=0, description="seconds after which an event stream asks its client to reconnect"
    )
    stream_send_seconds: float = Field(30.0, gt=0, description="send timeout of event streams in seconds")
    forwarded_allow_ips: str = Field("127.0.0.1", description="addresses of proxies whose X-Forwarded-For is trusted")

    @field_validator("signing_key", "earlier_signing_key")
    @classmethod
    def _check_length(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("needs at least 32 characters; make one with `openssl rand -hex 32`")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, value: str) -> str:
        for origin in _split_list(value):
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin; write scheme, host and port only: https://app.example.org")
        return value

    def list_cors_origins(self) -> tuple[str, ...]:
        """The origins whose pages may use the API."""
        return _split_list(self.cors_origins)

    def serves_older_clients(self) -> bool:
        """True where the paths of older clients are part of the API."""
        on_loopback = self.host in ("127.0.0.1", "::1", "localhost")
        return on_loopback if self.compat_routes is None else self.compat_routes

    def allows_loopback_webhooks(self) -> bool:
        """True where the API serves one machine's own users: their webhooks may go to that machine, also by http."""
        return not self.require_keys and self.host in ("127.0.0.1", "::1", "localhost")


def _split_list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
