"""What a user of this machine wishes for, and whether it was made before."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from lectern.cli.brand import BrandFile
from lectern.cli.exit_status import USAGE, command_exit
from lectern.cli.made_films import MadeFilms, digest_request, hash_file, place_files
from lectern.cli.runner.home import Home


class FoundFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A film that was made before. `video` is as the API described it, `files` are by kind."""

    video: dict[str, Any]
    files: dict[str, Path]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was asked for as JSON: the request, and hashes of the files that go with it."""

    home: Path
    asked: bytes

    @classmethod
    def describe(
        cls,
        home: Path,
        request: dict[str, Any],
        images: dict[str, Path],
        music: str | Path | None,
        brand: BrandFile | None,
    ) -> Wish:
        """A request, and the contents of what is uploaded for it. Raises CommandExit for an unreadable file."""
        logo = brand.logo if brand else None
        try:
            asked = {
                "request": request,
                "images": {name: hash_file(file) for name, file in images.items()},
                "music": hash_file(music) if isinstance(music, Path) else music,
                "brand": brand and {"colours": brand.colours, "font": brand.font, "logo": logo and hash_file(logo)},
            }
        except OSError as error:
            raise command_exit(
                USAGE, "file-unreadable", "A file cannot be read", f"{error.filename}: {error.strerror}.", "Check it."
            ) from error
        return cls(home=home, asked=msgspec.json.encode(asked, order="sorted"))

    def find_made(self, out: Path) -> FoundFilm | None:
        """The film that was made of the same wish in the same way, with its files in `out`; None if there is none."""
        films = MadeFilms(self.home)
        if films.is_empty() or not (film := films.find(self._digest())):
            return None
        try:
            return FoundFilm(video=film.video, files=place_files(film, out))
        except OSError:
            return None  # making it says what is wrong with the folder

    def note_made(self, video: dict[str, Any], files: dict[str, Path]) -> None:
        """Notes that a wish was fulfilled by the runner that runs; nothing if it has ended meanwhile."""
        if runner := Home.at(self.home).find():
            MadeFilms(self.home).note(self._digest(), video, files, runner.keep_history_days)

    def _digest(self) -> str:
        """Of the wish, and of what the home's runner makes films with: that one which runs, or would be started now."""
        from lectern.cli.runner.made_with import digest_surroundings

        home = Home.at(self.home)
        runner = home.find()
        whole = runner and not runner.only_answers
        surroundings = runner.surroundings if runner and whole else digest_surroundings(home.path, os.environ)
        return digest_request(surroundings, self.asked)
