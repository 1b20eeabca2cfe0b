from lectern.markdown import read_front_matter


def test_malformed_lines_are_reported_by_number() -> None:
    head = read_front_matter("---\ntitle: T\nwhat is this\n# a comment\n---\ntext")
    assert (head.malformed_lines, head.line_count, head.closed) == ((3,), 5, True)


def test_a_thematic_break_in_the_text_is_not_front_matter() -> None:
    assert read_front_matter("text\n---\ntitle: T\n---\n").line_count == 0
