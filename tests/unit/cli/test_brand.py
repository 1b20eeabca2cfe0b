"""The file of `--brand`."""

from __future__ import annotations

from pathlib import Path

import pytest

from lectern.cli.brand import BrandFile, read_brand
from lectern.cli.exit_status import CommandExit


def write(folder: Path, text: str) -> Path:
    (folder / "logo.png").write_bytes(b"\x89PNG")
    (folder / "logo.svg").write_text("<svg/>")
    path = folder / "brand.toml"
    path.write_text(text)
    return path


def test_colours_font_and_logo_are_read_from_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'font = "Inter"\nlogo = "logo.png"\n[colours]\nprimary = "#0B5FFF"\n')
    assert read_brand(path) == BrandFile(colours={"primary": "#0B5FFF"}, font="Inter", logo=tmp_path / "logo.png")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colors = {}", "Did you mean colours"),
        ('colours = "blue"', "no table of texts"),
        ("[colours]\nprimary = 3", "no table of texts"),
        ("font = 3", "the font"),
        ('logo = "mark.png"', "there is no logo"),
        ('logo = "logo.svg"', "is not an image"),
        ("font = ", "cannot be read"),
    ],
)
def test_a_file_that_means_nothing_is_refused_with_a_remedy(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CommandExit) as caught:
        read_brand(write(tmp_path, text))
    assert told in f"{caught.value.problem.detail} {caught.value.problem.remedy}"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandExit):
        read_brand(tmp_path / "brand.toml")
