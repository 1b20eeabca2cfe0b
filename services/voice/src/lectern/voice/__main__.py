"""Runs the voice service alone: `python -m lectern.voice`."""

from lectern.voice.app import build
from lectern.voice.settings import VoiceSettings
from lectern.worker import main

if __name__ == "__main__":
    main(build, VoiceSettings)
