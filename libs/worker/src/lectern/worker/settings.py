"""Settings every service shares. Each is an environment variable: `LECTERN_` and the field's name in capitals."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from lectern.worker.retention import Retention


class Settings(Retention):
    """Addresses of the event log and the object store, and a worker's limits."""

    nats_url: str = Field("nats://127.0.0.1:4222", description="NATS servers, comma separated; tls://… for TLS")
    nats_token: SecretStr = Field(SecretStr(""), description="token that the NATS servers ask for")
    nats_user: str = Field("", description="user name that the NATS servers ask for, with a password")
    nats_password: SecretStr = Field(SecretStr(""), description="password of that user")
    nats_creds: str = Field("", description="credentials file (.creds) of a NATS account, instead of token or password")
    nats_ca: str = Field("", description="file of certificates that sign the NATS servers' own; the system's if unset")
    s3_endpoint: str = Field("http://127.0.0.1:8333", description="S3 endpoint: R2, or the local store")
    s3_address: str = Field(
        "",
        description="address, or another name, to connect to instead of resolving the endpoint's name; certificate and "
        "signatures stay those of the endpoint",
    )
    s3_bucket: str = Field("lectern", description="bucket for everything")
    s3_access_key: str = Field("", description="S3 access key id")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="S3 secret access key")
    s3_folder: Path | None = Field(
        None, description="folder of a store on this machine, which is looked at for space when the store cannot write"
    )
    disk_reserve_mb: int = Field(
        1000,
        ge=0,
        description="megabytes of the disk below that folder that are kept for videos that have begun, at most a "
        "twentieth of it: new ones and uploads are refused when there is less",
    )
    store_limit_gb: float = Field(
        0.0, ge=0, description="gigabytes that the store in that folder may take before new videos are refused; 0: any"
    )
    s3_region: str = Field("auto", description="S3 region; R2 wants `auto`")
    slots: int = Field(0, ge=0, description="jobs at once in this process; 0 for the stage's default")
    metrics_port: int = Field(9090, ge=0, description="port of /healthz, /readyz and /metrics; 0 to turn it off")
    log_format: Literal["auto", "json", "console"] = Field("auto", description="json unless a terminal is attached")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    grace_seconds: float = Field(25.0, ge=0, description="seconds that running jobs get to finish after SIGTERM")
    scratch: Path | None = Field(None, description="folder for temporary files; the system's default if unset")

    @field_validator("nats_url", "s3_endpoint", "s3_address")
    @classmethod
    def _refuse_unfilled(cls, value: str) -> str:
        """Kubernetes leaves `$(NATS_SERVICE_HOST)` as it is where it does not know the Service yet. Who ends for that
        reason is started again, with what is known by then."""
        if "$(" in value:
            raise ValueError(f"{value} names a Service that did not exist when this container was started")
        return value
