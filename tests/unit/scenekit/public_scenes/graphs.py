# mypy: ignore-errors
"""Scenes in the manner of manim's gallery: axes, curves and what moves on them."""

from manim import *


class SineAndCosine(Scene):
    def construct(self):
        axes = Axes(x_range=[-7, 7, 1], y_range=[-1.5, 1.5, 1], x_length=11, axis_config={"color": GREEN})
        sine = axes.plot(np.sin, color=BLUE)
        cosine = axes.plot(np.cos, color=RED)
        names = VGroup(
            Text("sin", color=BLUE, font_size=30).next_to(axes.c2p(-6.5, 0.4), UP),
            Text("cos", color=RED, font_size=30).next_to(axes.c2p(6.3, 1), UP),
        )
        self.play(Create(axes))
        self.play(Create(sine), Create(cosine))
        self.play(FadeIn(names))


class AreaUnderCurve(Scene):
    def construct(self):
        axes = Axes(x_range=[0, 5], y_range=[0, 6], x_axis_config={"numbers_to_include": [2, 3]}, tips=False)
        curve = axes.plot(lambda x: 4 * x - x**2, x_range=[0, 4], color=BLUE_C)
        area = axes.get_area(curve, [1, 3], color=GREY, opacity=0.6)
        self.play(Create(axes), Create(curve))
        self.play(FadeIn(area))
        self.play(FadeIn(Text("area", font_size=36).move_to(axes.c2p(2, 1.6))))


class SlidingTangent(Scene):
    def construct(self):
        axes = Axes(x_range=[-3, 3], y_range=[-1, 8], x_length=9, y_length=6)
        curve = axes.plot(lambda x: x**2, color=BLUE)
        t = ValueTracker(-2)
        tangent = always_redraw(
            lambda: axes.get_secant_slope_group(
                t.get_value(), curve, dx=0.01, secant_line_color=YELLOW, secant_line_length=4
            )
        )
        dot = always_redraw(lambda: Dot(axes.i2gp(t.get_value(), curve), color=YELLOW))
        self.add(axes, curve, tangent, dot)
        self.play(t.animate.set_value(2), run_time=4)


class LabelledPoint(Scene):
    def construct(self):
        axes = Axes(x_range=[0, 10], y_range=[0, 10], x_length=7, y_length=6)
        dot = Dot(axes.c2p(4, 6), color=RED)
        lines = axes.get_lines_to_point(axes.c2p(4, 6))
        self.play(Create(axes))
        self.play(Create(lines), FadeIn(dot))
        self.play(Write(Text("(4, 6)", font_size=30).next_to(dot, UR, buff=0.2)))


class CurveNameOnCurve(Scene):
    def construct(self):
        axes = Axes(x_range=[-3, 3], y_range=[0, 9], x_length=9, y_length=6)
        curve = axes.plot(lambda x: x**2, color=TEAL)
        self.play(Create(axes), Create(curve))
        self.play(FadeIn(Text("y = x²", font_size=34).move_to(axes.c2p(1.5, 2.25))))


class DotOnGrowingCurve(Scene):
    def construct(self):
        axes = Axes(x_range=[0, 6], y_range=[-2, 2])
        curve = axes.plot(lambda x: 1.5 * np.sin(2 * x), color=YELLOW)
        dot = Dot(curve.get_start())
        self.play(Create(axes))
        self.play(Create(curve), MoveAlongPath(dot, curve), run_time=3)


class DotOnFinishedCurve(Scene):
    def construct(self):
        axes = Axes(x_range=[0, 6], y_range=[-2, 2])
        curve = axes.plot(lambda x: 1.5 * np.sin(2 * x), color=YELLOW)
        dot = Dot(curve.get_start())
        self.play(Create(axes), Create(curve))
        self.play(MoveAlongPath(dot, curve), run_time=3)


class RunningNumber(Scene):
    def construct(self):
        line = NumberLine(x_range=[0, 10], length=11, include_numbers=True)
        t = ValueTracker(1)
        arrow = always_redraw(
            lambda: Triangle(fill_opacity=1).scale(0.2).rotate(PI).next_to(line.n2p(t.get_value()), UP, buff=0.1)
        )
        number = always_redraw(lambda: Text(f"{t.get_value():.1f}", font_size=40).next_to(arrow, UP))
        self.add(line, arrow, number)
        self.play(t.animate.set_value(9), run_time=3)


class RunningDecimal(Scene):
    def construct(self):
        line = NumberLine(x_range=[-5, 5], length=11)
        t = ValueTracker(-4)
        dot = Dot(color=RED).add_updater(lambda d: d.move_to(line.n2p(t.get_value())))
        value = DecimalNumber(0, num_decimal_places=1).add_updater(
            lambda m: m.set_value(t.get_value()).next_to(dot, UP)
        )
        self.add(line, dot, value)
        self.play(t.animate.set_value(4), run_time=3)


class BarsOfData(Scene):
    def construct(self):
        chart = BarChart(
            [3, 5, 2, 8], bar_names=["Mon", "Tue", "Wed", "Thu"], y_range=[0, 10, 2], x_length=9, y_length=5
        )
        self.play(Create(chart))
        self.play(chart.animate.change_bar_values([5, 5, 5, 5]))


class TwoGraphsSideBySide(Scene):
    def construct(self):
        left = Axes(x_range=[0, 4], y_range=[0, 4], x_length=5, y_length=4).to_edge(LEFT)
        right = Axes(x_range=[0, 4], y_range=[0, 4], x_length=5, y_length=4).to_edge(RIGHT)
        a, b = left.plot(lambda x: x), right.plot(lambda x: x**2 / 4)
        self.play(Create(left), Create(right))
        self.play(Create(a), Create(b))
        self.play(
            FadeIn(Text("linear", font_size=32).next_to(left, UP), Text("quadratic", font_size=32).next_to(right, UP))
        )


class PlaneWithVector(Scene):
    def construct(self):
        plane = NumberPlane()
        vector = Vector([3, 2], color=YELLOW)
        self.play(Create(plane))
        self.play(GrowArrow(vector))
        self.play(Write(Text("v = (3, 2)", font_size=36).next_to(vector.get_end(), UR, buff=0.2)))


class ShearedPlane(Scene):
    def construct(self):
        plane = NumberPlane()
        vector = Vector([1, 1], color=RED)
        self.add(plane, vector)
        self.play(
            plane.animate.apply_matrix([[1, 1], [0, 1]]),
            vector.animate.put_start_and_end_on(ORIGIN, [2, 1, 0]),
            run_time=2,
        )
        self.wait()


class RiemannBoxes(Scene):
    def construct(self):
        axes = Axes(x_range=[0, 6], y_range=[0, 5])
        curve = axes.plot(lambda x: 0.3 * x**1.5 + 0.5, color=BLUE)
        self.play(Create(axes), Create(curve))
        wide = axes.get_riemann_rectangles(curve, x_range=[0.5, 5.5], dx=1)
        narrow = axes.get_riemann_rectangles(curve, x_range=[0.5, 5.5], dx=0.25)
        self.play(FadeIn(wide))
        self.play(ReplacementTransform(wide, narrow))


class ScatterWithFit(Scene):
    def construct(self):
        axes = Axes(x_range=[0, 10], y_range=[0, 10], x_length=9, y_length=6)
        dots = VGroup(
            *[Dot(axes.c2p(x, 0.8 * x + 1 + 0.7 * np.sin(5 * x)), color=BLUE) for x in np.linspace(0.5, 9.5, 20)]
        )
        fit = axes.plot(lambda x: 0.8 * x + 1, color=RED)
        self.play(Create(axes))
        self.play(LaggedStart(*[FadeIn(d, scale=0.3) for d in dots], lag_ratio=0.05))
        self.play(
            Create(fit), FadeIn(Text("best fit", color=RED, font_size=30).next_to(axes.c2p(9, 8.2), DOWN, buff=0.5))
        )
