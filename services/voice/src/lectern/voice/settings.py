"""The voice service's settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr

from lectern.worker import Settings


class VoiceSettings(Settings):
    """Settings of the voice service. Without any key: espeak-ng and silence."""

    google_tts: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Google's voices. auto: with a key or GOOGLE_APPLICATION_CREDENTIALS; on: if the machine provides "
        "the credentials, as with Workload Identity",
    )
    google_tts_api_key: SecretStr = Field(SecretStr(""), description="key of Google Cloud Text-to-Speech")
    google_tts_url: str = Field("", description="another endpoint, such as eu-texttospeech.googleapis.com")
    gemini_tts: bool = Field(True, description="Gemini's voices, if there is a Gemini key")
    gemini_api_key: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("LECTERN_GEMINI_API_KEY", "GEMINI_API_KEY"),
        description="key of the Gemini API",
    )
    gemini_url: str = Field("", description="another base address for the Gemini API")
    elevenlabs_api_key: SecretStr = Field(SecretStr(""), description="key of the ElevenLabs API")
    elevenlabs_url: str = Field("", description="another base address for the ElevenLabs API")
    piper_voices: Path | None = Field(None, description="folder of Piper models: NAME.onnx with NAME.onnx.json")
    voice_table: Path | None = Field(None, description="a file that replaces the bundled voices.toml")

    @property
    def google_enabled(self) -> bool:
        """True if Google's voices are offered."""
        if self.google_tts != "auto":
            return self.google_tts == "on"
        return bool(self.google_tts_api_key.get_secret_value() or os.environ.get("GOOGLE_APPLICATION_CREDENTIALS"))
