# mypy: ignore-errors
"""Scenes in the manner of manim's gallery: words, formulas and lists."""

from manim import *


class HelloWorld(Scene):
    def construct(self):
        self.play(Write(Text("Hello, world!", font_size=96)))
        self.wait()


class TitleAndPoints(Scene):
    def construct(self):
        title = Text("Three reasons", font_size=56).to_edge(UP)
        points = VGroup(
            *[Text(f"• {word}", font_size=40) for word in ["It is fast", "It is free", "It is fun"]]
        ).arrange(DOWN, aligned_edge=LEFT, buff=0.6)
        self.play(Write(title))
        for point in points:
            self.play(FadeIn(point, shift=RIGHT))


class WordsReplaceWords(Scene):
    def construct(self):
        text = Text("before", font_size=72)
        self.play(Write(text))
        self.play(Transform(text, Text("after", font_size=72)))
        self.play(text.animate.set_color(YELLOW))


class WordsPileUp(Scene):
    def construct(self):
        self.play(Write(Text("First idea", font_size=60)))
        self.wait()
        self.play(Write(Text("Second idea", font_size=60)))
        self.wait()


class FormulaSteps(Scene):
    def construct(self):
        lines = VGroup(
            MathTypst("2 x + 4 = 10", font_size=80),
            MathTypst("2 x = 6", font_size=80),
            MathTypst("x = 3", font_size=80),
        ).arrange(DOWN, buff=0.7)
        for line in lines:
            self.play(Write(line))
        self.play(Create(SurroundingRectangle(lines[2], buff=0.2)))


class FormulaMorphs(Scene):
    def construct(self):
        one = MathTypst("(a + b)^2", font_size=100)
        two = MathTypst("a^2 + 2 a b + b^2", font_size=100)
        self.play(Write(one))
        self.play(TransformMatchingShapes(one, two))
        self.wait()


class CancelledFraction(Scene):
    def construct(self):
        fraction = MathTypst("frac(3 times 5, 7 times 5)", font_size=110)
        self.play(Write(fraction))
        self.play(Create(Cross(fraction, stroke_width=4)))
        self.play(FadeIn(MathTypst("= 3/7", font_size=110).next_to(fraction, RIGHT, buff=0.5)))


class TinyFootnote(Scene):
    def construct(self):
        self.play(Write(Text("Energy is conserved", font_size=60)))
        self.play(FadeIn(Text("in closed systems only, see page 34", font_size=14).shift(1.2 * DOWN)))
        self.wait()


class LongSentence(Scene):
    def construct(self):
        self.play(Write(Text("This sentence is certainly much too long to fit on one single line", font_size=48)))
        self.wait()


class UnderlinedWord(Scene):
    def construct(self):
        text = Text("Pay attention to this word", font_size=54)
        self.play(Write(text))
        self.play(Create(Underline(text[14:18], color=YELLOW)))
        self.play(Indicate(text[14:18]))


class ColouredSentence(Scene):
    def construct(self):
        parts = (
            VGroup(Text("a cat", color=RED), Text("chases", color=WHITE), Text("a mouse", color=BLUE))
            .arrange(RIGHT, buff=0.2)
            .scale(1.3)
        )
        self.play(LaggedStart(*[Write(p) for p in parts], lag_ratio=0.5))
        self.wait()


class CodeOnScreen(Scene):
    def construct(self):
        code = Code(
            code_string="def add(a, b):\n    return a + b\n\nprint(add(2, 3))", language="python", background="window"
        )
        self.play(FadeIn(code.scale(1.4)))
        self.wait()


class TableOfNumbers(Scene):
    def construct(self):
        table = Table(
            [["1", "2"], ["3", "4"]],
            row_labels=[Text("R1"), Text("R2")],
            col_labels=[Text("C1"), Text("C2")],
            include_outer_lines=True,
        )
        self.play(Create(table))
        self.play(table.get_entries((2, 2)).animate.set_color(YELLOW))


class MatrixEntries(Scene):
    def construct(self):
        matrix = MathTypst("mat(1, 0; 0, 1)", font_size=120)
        self.play(Write(matrix))
        self.play(matrix.animate.shift(3 * LEFT))
        self.play(FadeIn(Text("identity", font_size=44).next_to(matrix, RIGHT, buff=1)))


class ParagraphOfText(Scene):
    def construct(self):
        self.play(
            FadeIn(
                Paragraph(
                    "Roses are red,",
                    "violets are blue,",
                    "lines are spaced,",
                    "and so are you.",
                    alignment="center",
                    font_size=44,
                )
            )
        )
        self.wait()


class GreyOnDark(Scene):
    def construct(self):
        self.play(Write(Text("main point", font_size=64)))
        self.play(FadeIn(Text("hardly visible remark", font_size=40, color="#2A2F3A").shift(1.5 * DOWN)))
        self.wait()
