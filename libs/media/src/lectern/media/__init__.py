"""Media files: ffmpeg, ffprobe and other programs with a time limit, stills, loudness, sample rates."""
