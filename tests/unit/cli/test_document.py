from pathlib import Path

import pytest

from lectern.cli.document import is_file_name, read_document
from lectern.cli.exit_status import USAGE, CommandExit


def refusal(path: Path) -> CommandExit:
    with pytest.raises(CommandExit) as stopped:
        read_document(path)
    assert stopped.value.status == USAGE
    assert stopped.value.problem.remedy
    return stopped.value


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    folder = tmp_path / "lesson"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "leaf.png").write_bytes(b"png")
    (folder / "the leaf.png").write_bytes(b"png")
    (tmp_path / "secret.png").write_bytes(b"png")
    return folder / "lesson.md"


def test_images_are_found_beside_the_lesson(lesson: Path) -> None:
    lesson.write_text("# Leaf\n\n![a leaf](images/leaf.png)\n\n![](./the%20leaf.png) ![](<the leaf.png>)\n")
    document = read_document(lesson)
    assert document.images == {
        "images/leaf.png": lesson.parent / "images" / "leaf.png",
        "the leaf.png": lesson.parent / "the leaf.png",
    }


@pytest.mark.parametrize("name", ["../secret.png", "images/../../secret.png", "/etc/passwd", "%2e%2e/secret.png"])
def test_an_image_outside_the_folder_is_refused_with_its_line(lesson: Path, name: str) -> None:
    lesson.write_text(f"# Leaf\n\nText.\n\n![x]({name})\n")
    stopped = refusal(lesson)
    assert [error.pointer for error in stopped.problem.errors] == ["line 5"]
    assert "outside" in stopped.problem.detail


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a%E2%80%AEb.png", "direction override U+202E"),
        ("é" * 200, "more than 255 bytes"),
        ("a" * 5000, "more than 255 bytes"),
        ("images//leaf.png", "use a relative path"),
    ],
)
def test_a_name_that_no_file_can_have_is_refused_with_its_line(lesson: Path, name: str, words: str) -> None:
    lesson.write_text(f"# Leaf\n\nText.\n\n![x]({name})\n")
    stopped = refusal(lesson)
    assert [error.pointer for error in stopped.problem.errors] == ["line 5"]
    assert words in stopped.problem.errors[0].detail
    assert stopped.problem.detail.isprintable()


def test_control_characters_in_the_name_of_an_image_are_no_part_of_it(lesson: Path) -> None:
    lesson.write_text("# Leaf\n\n![x](images/leaf.png%00)\n")
    assert read_document(lesson).images == {"images/leaf.png": lesson.parent / "images" / "leaf.png"}


def test_an_image_whose_name_macos_wrote_with_separate_accents_is_found(lesson: Path) -> None:
    file = lesson.parent / "Bla\u0308tter.png"
    file.write_bytes(b"png")
    lesson.write_text("# Leaf\n\n![x](Bl\u00e4tter.png)\n")
    assert read_document(lesson).images == {"Bl\u00e4tter.png": file}


def test_a_link_that_leads_out_of_the_folder_is_refused(lesson: Path) -> None:
    (lesson.parent / "trick.png").symlink_to(lesson.parent.parent / "secret.png")
    lesson.write_text("![x](trick.png)\n")
    assert "link to a file outside" in refusal(lesson).problem.detail


def test_every_wrong_image_is_reported_at_once(lesson: Path) -> None:
    lesson.write_text("![a](no.png)\n![b](https://example.org/b.png)\n![c](../c.png)\n")
    errors = refusal(lesson).problem.errors
    assert [error.pointer for error in errors] == ["line 1", "line 2", "line 3"]
    assert "does not exist" in errors[0].detail
    assert "on the web" in errors[1].detail


@pytest.mark.parametrize(
    "image",
    [
        "![a leaf][leaf]\n\n[leaf]: images/leaf.png 'a title'\n",
        "Text ![a\nleaf](\nimages/leaf.png) and more.\n",
        "![a leaf](<./images/leaf.png>)\n",
    ],
    ids=["reference-style", "wrapped", "angle-brackets"],
)
def test_an_image_is_found_however_it_is_written(lesson: Path, image: str) -> None:
    lesson.write_text(f"# Leaf\n\n{image}")
    assert read_document(lesson).images == {"images/leaf.png": lesson.parent / "images" / "leaf.png"}


def test_a_file_saved_under_its_encoded_name_is_found(lesson: Path) -> None:
    (lesson.parent / "a%20b.png").write_bytes(b"png")
    lesson.write_text("![x](a%20b.png)\n")
    assert read_document(lesson).images == {"a b.png": lesson.parent / "a%20b.png"}


def test_images_in_code_need_no_file(lesson: Path) -> None:
    lesson.write_text("Write `![b](b.png)`.\n\n```md\n![a](a.png)\n```\n")
    assert read_document(lesson).images == {}


def test_a_byte_order_mark_is_not_part_of_the_lesson(lesson: Path) -> None:
    lesson.write_bytes(b"\xef\xbb\xbf# Leaf\n\nText.\n")
    assert read_document(lesson).markdown.startswith("# Leaf")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file"),
        (b"\xff\xfe\x00#", "UTF-8"),
        (b" \n\n", "empty"),
        (b"a" * 200_001, "the limit is 200,000"),
    ],
)
def test_a_lesson_that_cannot_be_read_is_refused_with_the_reason(
    lesson: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        lesson.write_bytes(content)
    assert reason in refusal(lesson).problem.detail


def test_a_folder_is_not_a_lesson(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    assert "directory" in refusal(tmp_path / "folder.md").problem.detail


@pytest.mark.parametrize("source", ["lesson.md", "a/b.MD", "notes.markdown"])
def test_a_markdown_name_means_a_file(source: str) -> None:
    assert is_file_name(source)


@pytest.mark.parametrize("source", ["How does photosynthesis work?", "TCP/IP", "What is .md?"])
def test_a_question_means_a_topic(source: str) -> None:
    assert not is_file_name(source)
