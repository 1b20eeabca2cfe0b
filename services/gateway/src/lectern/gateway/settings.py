"""The gateway's settings. Each is an environment variable: `LECTERN_` and the field's name in capitals."""

from __future__ import annotations

from pydantic import Field

from lectern.worker import Settings


class GatewaySettings(Settings):
    """Where the API listens, how media is handed out, and how long streams live."""

    host: str = Field("127.0.0.1", description="address the API listens on; only this machine unless changed")
    port: int = Field(8080, ge=0, le=65535, description="port the API listens on; 0 takes a free one")
    media_redirect: bool = Field(False, description="answer media with a redirect to a presigned URL of the store")
    media_url_seconds: int = Field(3600, ge=60, le=604_800, description="how long such a URL is good for")
    json_limit: int = Field(4 * 1024 * 1024, description="bytes a JSON or Markdown body may have")
    asset_limit: int = Field(8 * 1024 * 1024, description="bytes a picture may have")
    music_limit: int = Field(20 * 1024 * 1024, description="bytes a track may have; the composer takes 20 MB at most")
    stream_heartbeat: float = Field(15.0, gt=0, description="seconds between comments on an idle event stream")
    stream_seconds: float = Field(600.0, gt=0, description="seconds after which a stream asks its client to reconnect")
    stream_send_seconds: float = Field(30.0, gt=0, description="seconds a client may refuse bytes until it is dropped")
    forwarded_allow_ips: str = Field("127.0.0.1", description="proxies whose X-Forwarded-For is believed")
