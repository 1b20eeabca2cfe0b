"""Programs that read and write media: bounded processes, ffmpeg, stills, loudness."""
