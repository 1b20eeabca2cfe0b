# mypy: ignore-errors
"""Scenes in the manner of manim's gallery: shapes, their names and their changes."""

from manim import *


class CircleToSquare(Scene):
    def construct(self):
        circle = Circle(radius=2, color=PINK, fill_opacity=0.5)
        self.play(Create(circle))
        self.play(Transform(circle, Square(side_length=4, color=BLUE).rotate(PI / 4)))
        self.play(FadeOut(circle))


class NamedPolygons(Scene):
    def construct(self):
        names = ["Triangle", "Square", "Pentagon", "Hexagon"]
        shapes = VGroup(*[RegularPolygon(n, color=c).scale(1.1) for n, c in zip(range(3, 7), [RED, GREEN, BLUE, GOLD])])
        shapes.arrange(RIGHT, buff=1)
        for name, shape in zip(names, shapes):
            self.play(Create(shape), FadeIn(Text(name, font_size=30).next_to(shape, DOWN, buff=0.4)))


class BracedLine(Scene):
    def construct(self):
        line = Line([-4, -1, 0], [4, 1, 0], color=ORANGE)
        brace = Brace(line, direction=line.copy().rotate(PI / 2).get_unit_vector())
        label = Text("length", font_size=32).move_to(brace.get_tip() + 0.4 * UP)
        self.play(Create(line))
        self.play(GrowFromCenter(brace), FadeIn(label))
        self.wait()


class RotatingSquares(Scene):
    def construct(self):
        left = Square(color=BLUE, fill_opacity=0.7).shift(3 * LEFT)
        right = Square(color=GREEN, fill_opacity=0.7).shift(3 * RIGHT)
        self.add(left, right)
        self.play(left.animate.rotate(PI), Rotate(right, angle=PI), run_time=2)
        self.wait()


class BooleanShapes(Scene):
    def construct(self):
        a = Ellipse(width=4, height=5, fill_opacity=0.5, color=BLUE).shift(LEFT)
        b = a.copy().set_color(RED).shift(2 * RIGHT)
        title = Text("Set operations").to_edge(UP)
        self.play(FadeIn(title, a, b))
        both = Intersection(a, b, color=GREEN, fill_opacity=0.6)
        self.play(both.animate.scale(0.35).move_to([5.2, 1.5, 0]))
        self.play(FadeIn(Text("Intersection", font_size=23).next_to(both, UP)))


class GrowingBoxes(Scene):
    def construct(self):
        boxes = VGroup(*[Square(0.6 + 0.25 * k, fill_opacity=0.6, color=TEAL) for k in range(6)])
        boxes.arrange(RIGHT, buff=0.3, aligned_edge=DOWN)
        self.play(LaggedStart(*[GrowFromEdge(b, DOWN) for b in boxes], lag_ratio=0.2))
        self.play(boxes.animate.arrange(UP, buff=0.05).scale(0.7))
        self.wait()


class AngleBetweenLines(Scene):
    def construct(self):
        one = Line(2 * LEFT + DOWN, 3 * RIGHT + DOWN)
        other = one.copy().rotate(0.9, about_point=one.get_start())
        angle = Angle(one, other, radius=1)
        self.play(Create(one), Create(other))
        self.play(
            Create(angle),
            FadeIn(Text("52°", font_size=30).move_to(Angle(one, other, radius=1.6).point_from_proportion(0.5))),
        )
        self.wait()


class SpinningGear(Scene):
    def construct(self):
        teeth = VGroup(
            *[
                Rectangle(width=0.5, height=0.7, fill_opacity=1, color=GREY)
                .shift(2.2 * UP)
                .rotate(k * TAU / 10, about_point=ORIGIN)
                for k in range(10)
            ]
        )
        gear = VGroup(
            Circle(radius=2, fill_opacity=1, color=GREY), teeth, Circle(radius=0.4, color=BLACK, fill_opacity=1)
        )
        self.play(FadeIn(gear, scale=0.6))
        self.play(Rotate(gear, PI / 2), run_time=2)


class StarsAppear(Scene):
    def construct(self):
        stars = VGroup(
            *[
                Star(color=YELLOW, fill_opacity=1).scale(0.3).move_to([x, y, 0])
                for x in range(-5, 6, 2)
                for y in (-2, 0, 2)
            ]
        )
        self.play(LaggedStartMap(FadeIn, stars, lag_ratio=0.1))
        self.play(stars.animate.set_color(BLUE))
        self.play(Circumscribe(stars))


class ArcsAndSectors(Scene):
    def construct(self):
        parts = [0.4, 0.35, 0.25]
        start = 0
        pie = VGroup()
        for share, color in zip(parts, [BLUE, RED, GREEN]):
            sector = Sector(radius=2.5, angle=share * TAU, start_angle=start, fill_color=color, fill_opacity=1)
            label = Text(f"{share:.0%}", font_size=30, color=BLACK)
            middle = start + share * TAU / 2
            label.move_to(1.6 * np.array([np.cos(middle), np.sin(middle), 0]))
            pie.add(VGroup(sector, label))
            start += share * TAU
        self.play(LaggedStart(*[FadeIn(p) for p in pie], lag_ratio=0.3))
        self.play(pie[0].animate.shift(0.4 * RIGHT + 0.3 * UP))


class CardTurnsOver(Scene):
    def construct(self):
        card = RoundedRectangle(width=3, height=4.4, corner_radius=0.3, fill_opacity=1, color=BLUE_E)
        face = Text("?", font_size=96).move_to(card)
        self.play(FadeIn(card, face))
        self.play(VGroup(card, face).animate.stretch(0.01, 0))
        answer = Text("42", font_size=96)
        self.remove(face)
        self.play(card.animate.stretch(100, 0).set_fill(GREEN_E))
        self.play(FadeIn(answer))


class TangramPieces(Scene):
    def construct(self):
        big = Polygon([0, 0, 0], [2, 2, 0], [-2, 2, 0], fill_opacity=0.8, color=RED)
        square = Square(1.4, fill_opacity=0.8, color=YELLOW).rotate(PI / 4).shift(3 * RIGHT)
        self.add(big, square)
        self.play(big.animate.rotate(PI / 2).shift(2 * LEFT + DOWN), square.animate.shift(LEFT + DOWN))
        self.wait()
