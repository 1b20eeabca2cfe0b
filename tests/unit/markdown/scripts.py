"""Scripts of every kind, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from lectern.contracts import script as s
from lectern.language.words import count_words
from lectern.markdown import limits
from lectern.markdown.inline import clean_line
from lectern.markdown.listings import normalize_source

MARKS = [
    *"#*_-+`~|<>[](){}!&;:=\\\"'$%^/.,0123456789abZé漢\u200d \n",
    "&amp;",
    "<b>",
    "-->",
    "<!-- x -->",
    "1. ",
    "---",
]
LANGUAGES = ["python", "text", "rust", "c++", "html", "md", "http"]
MANIM = [
    "class A(NarratedScene):\n    def construct(self):\n        pass",
    "x = '''```'''",
    "#",
    "# say `hi`\n\n\ny = 1",
]


def lines(limit: int = 40) -> st.SearchStrategy[str]:
    """One line of any text, thick with what means something in Markdown."""
    chars = st.one_of(st.sampled_from(MARKS), st.characters(exclude_categories=["Cs"]))
    return (
        st.lists(chars, max_size=limit).map("".join).map(clean_line).filter(bool).filter(lambda text: len(text) <= 90)
    )


def narration() -> st.SearchStrategy[str]:
    def speakable(text: str) -> bool:
        return any(char.isalnum() for char in text) and count_words(text) <= limits.BEAT_WORDS

    return lines().filter(speakable)


def formulas() -> st.SearchStrategy[str]:
    return lines().map(lambda text: text.replace("\\", "").lstrip("$")).map(clean_line).filter(bool)


def sources() -> st.SearchStrategy[str]:
    return st.lists(lines(), min_size=1, max_size=5).map("\n".join).map(normalize_source).filter(bool)


def tuples(of: st.SearchStrategy[str], least: int = 1, most: int = 6) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(of, min_size=least, max_size=most).map(tuple)


@st.composite
def charts(draw: st.DrawFn) -> s.Chart:
    series = draw(st.one_of(st.just(("",)), tuples(lines(10), most=3)))
    numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-9999, 9999).map(float))
    values = st.lists(numbers, min_size=len(series), max_size=len(series)).map(tuple)
    rows = st.lists(st.tuples(lines(10), values), min_size=1, max_size=5).map(tuple)
    return s.Chart(style=draw(st.sampled_from(["bar", "line", "table"])), series=series, rows=draw(rows))


@st.composite
def tables(draw: st.DrawFn) -> s.Table:
    columns = draw(st.integers(*limits.TABLE_COLUMNS))
    cells = st.lists(st.one_of(st.just(""), lines(10)), min_size=columns, max_size=columns).map(tuple)
    rows = cells.filter(any)
    cells_short = rows.filter(lambda row: all(len(cell) <= limits.TABLE_CELL_CHARACTERS for cell in row))
    return s.Table(
        headings=draw(cells_short), rows=tuple(draw(st.lists(cells_short, min_size=1, max_size=limits.TABLE_ROWS)))
    )


def visuals_by_kind() -> dict[str, st.SearchStrategy[s.AnyVisual]]:
    names = lines(12).filter(
        lambda name: "://" not in name and not name.startswith(("/", "./")) and ".." not in name.split("/")
    )
    return {
        "equation": st.builds(s.Equation, lines=tuples(formulas())),
        "bullets": st.builds(s.Bullets, items=tuples(lines())),
        "flow": st.builds(s.Flow, steps=tuples(lines(), least=2)),
        "chart": charts(),
        "code": st.builds(s.CodeListing, language=st.sampled_from(LANGUAGES), source=sources()),
        "comparison": st.builds(
            s.Comparison, left_title=lines(), left=tuples(lines()), right_title=lines(), right=tuples(lines(), least=0)
        ),
        "timeline": st.builds(
            s.Timeline, entries=st.lists(st.tuples(lines(), lines(20)), min_size=1, max_size=5).map(tuple)
        ),
        "table": tables(),
        "image": st.builds(s.Image, name=names, alt=st.one_of(st.just(""), lines(12))),
        "manim": st.builds(s.Manim, source=st.sampled_from(MANIM)),
    }


def visuals() -> st.SearchStrategy[s.AnyVisual | None]:
    return st.one_of(st.none(), *visuals_by_kind().values())


def beats() -> st.SearchStrategy[s.Beat]:
    note = st.one_of(st.just(""), lines())
    pauses = st.sampled_from([0.0, 0.25, 1.5, 5.0])
    speakers = st.one_of(st.just(""), lines(10))
    return st.builds(s.Beat, text=narration(), spoken=note, show=note, speaker=speakers, pause=pauses)


def symbols() -> st.SearchStrategy[s.Symbol]:
    colours = st.sampled_from(["primary", "accent", "good"])
    return st.builds(s.Symbol, name=lines(10), colour=colours, meaning=st.one_of(st.just(""), lines(10)))


def plans() -> st.SearchStrategy[s.ScenePlan]:
    note = st.one_of(st.just(""), lines())
    return st.builds(
        s.ScenePlan,
        idea=note,
        purpose=note,
        shows=note,
        form=st.sampled_from(["", *s.FORMS]),
        direction=note,
        carries=st.sampled_from([(), ("graph",), ("graph", "car_2")]),
        transition=st.sampled_from(["", *s.TRANSITIONS]),
    )


def scenes() -> st.SearchStrategy[s.Scene]:
    short = st.lists(beats(), min_size=1, max_size=4).map(tuple)
    return st.builds(
        s.Scene, title=lines(), beats=short, visual=visuals(), plan=plans(), voice=st.sampled_from(["", "en-GB"])
    )


def scripts() -> st.SearchStrategy[s.Script]:
    return st.builds(
        s.Script,
        title=lines(),
        language=st.sampled_from(["en", "de", "pt-BR"]),
        question=st.one_of(st.just(""), st.just("How fast is it right now?")),
        idea=st.one_of(st.just(""), st.just("A derivative is a speed.")),
        angle=st.one_of(st.just(""), st.just("From the hole in the curve to its value.")),
        audience=st.one_of(st.just(""), st.just("general")),
        scenes=st.lists(scenes(), min_size=1, max_size=4).map(tuple),
        sources=tuples(lines(), least=0, most=3),
        symbols=st.lists(symbols(), max_size=2).map(tuple),
        pronunciations=st.dictionaries(lines(6), lines(6), max_size=2),
        doubts=tuples(lines(), least=0, most=2),
        cast=st.sampled_from(["", *MANIM]),
    )
