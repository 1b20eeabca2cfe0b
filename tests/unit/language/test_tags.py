import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.language import tags

TAGS = st.sampled_from(
    [
        "en",
        "en-GB",
        "en-US",
        "zh",
        "zh-CN",
        "zh-TW",
        "zh-Hant",
        "cmn",
        "yue",
        "de",
        "de-CH",
        "pt-BR",
        "pt",
        "nb",
        "no",
        "nn",
        "sr-Latn",
        "sr",
        "he",
        "iw",
        "mul",
        "und",
        "xx",
    ]
)


@pytest.mark.parametrize(
    ("tag", "normal"),
    [
        ("iw", "he"),
        ("cmn", "zh"),
        ("cmn-tw", "zh-TW"),
        ("EN_gb", "en-GB"),
        ("en-uk", "en-GB"),
        ("yue", "yue"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("mul", "mul"),
    ],
)
def test_tags_have_one_normal_form(tag: str, normal: str) -> None:
    assert tags.normalize(tag) == normal
    assert tags.normalize(normal) == normal


@pytest.mark.parametrize("tag", ["", "german", "en--GB", "eleven-abc", "日本"])
def test_a_malformed_tag_is_undetermined_and_only_normalize_raises(tag: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        tags.normalize(tag)
    assert not tags.is_valid(tag)
    assert tags.base_language(tag) == "und"
    assert tags.alpha3(tag) == "und"
    assert tags.script(tag) == "Latn"
    assert tags.region(tag) == ""


@given(st.text(max_size=12))
def test_any_text_can_be_read_as_a_tag(text: str) -> None:
    assert tags.base_language(text).isascii()
    assert len(tags.script(text)) == 4
    assert len(tags.alpha3(text)) == 3
    assert not tags.matches(text, "und")


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en-GB", "eng"), ("de", "deu"), ("zh-TW", "zho"), ("fil", "fil"), ("yue", "yue"), ("iw", "heb"), ("xx", "und")],
)
def test_media_tracks_take_three_letters(tag: str, code: str) -> None:
    assert tags.alpha3(tag) == code


@pytest.mark.parametrize(
    ("tag", "script"),
    [
        ("en", "Latn"),
        ("zh", "Hans"),
        ("zh-TW", "Hant"),
        ("zh-HK", "Hant"),
        ("zh-Hans-TW", "Hans"),
        ("yue", "Hant"),
        ("ja", "Jpan"),
        ("ko", "Kore"),
        ("ur", "Arab"),
        ("sr-Latn", "Latn"),
        ("sr", "Cyrl"),
    ],
)
def test_a_language_has_a_script(tag: str, script: str) -> None:
    assert tags.script(tag) == script


@pytest.mark.parametrize(
    ("name", "language"),
    [("de-DE-Neural2-B", "de"), ("cmn-CN-x", "zh"), ("en", "en"), ("eleven-a1", ""), ("silent", ""), ("", "")],
)
def test_a_voice_may_be_named_after_its_language(name: str, language: str) -> None:
    assert tags.leading_language(name) == language


def test_right_to_left_follows_the_script() -> None:
    rtl = ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "nqo", "ps", "sd", "syr", "ug", "ur", "yi", "az-Arab"]
    assert all(map(tags.is_right_to_left, rtl))
    assert not any(map(tags.is_right_to_left, ("en", "ur-Latn", "hi", "zh", "")))


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ("en", "en"),
        ("en", "en-GB"),
        ("EN-gb", "en-GB"),
        ("zh", "cmn-CN"),
        ("cmn", "zh-TW"),
        ("zh-Hant", "zh-TW"),
        ("no", "nb-NO"),
        ("iw", "he-IL"),
        ("de", "mul"),
    ],
)
def test_an_offer_serves_a_wanted_language(wanted: str, offered: str) -> None:
    assert tags.matches(wanted, offered)


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [("en-GB", "en-US"), ("en-GB", "en"), ("zh-Hant", "zh-CN"), ("zh", "yue"), ("nb", "da"), ("", "mul"), ("en", "")],
)
def test_an_offer_of_another_language_region_or_script_does_not(wanted: str, offered: str) -> None:
    assert not tags.matches(wanted, offered)


@given(TAGS, TAGS)
def test_sharing_a_language_is_symmetric_and_follows_from_a_match(one: str, other: str) -> None:
    assert tags.same_language(one, other) == tags.same_language(other, one)
    if tags.matches(one, other) and other != "mul":
        assert tags.same_language(one, other)


def test_languages_have_names() -> None:
    assert tags.english_name("pt-BR") == "Portuguese (Brazil)"
    assert tags.own_name("de") == "Deutsch"


@pytest.mark.parametrize(
    ("tag", "named"), [("en", True), ("pt-BR", True), ("iw", True), ("419", False), ("x-elvish", False), ("!!", False)]
)
def test_a_tag_may_name_no_language(tag: str, named: bool) -> None:
    assert tags.names_language(tag) is named
