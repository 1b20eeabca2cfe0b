# mypy: ignore-errors
"""Scenes in the manner of manim's gallery: motion, cameras, updaters and pauses."""

from manim import *


class FollowingCamera(MovingCameraScene):
    def construct(self):
        axes = Axes(x_range=[0, 10], y_range=[-2, 2])
        curve = axes.plot(np.sin, color=BLUE)
        dot = Dot(axes.i2gp(0, curve), color=ORANGE)
        self.add(axes, curve, dot)
        self.play(self.camera.frame.animate.scale(0.5).move_to(dot))
        self.play(MoveAlongPath(dot, curve), run_time=2)
        self.play(
            Restore(self.camera.frame)
            if hasattr(self.camera.frame, "saved_state")
            else self.camera.frame.animate.scale(2).move_to(ORIGIN)
        )


class Pendulum(Scene):
    def construct(self):
        t = ValueTracker(0.8)
        pivot = 3 * UP
        rod = always_redraw(
            lambda: Line(pivot, pivot + 4.5 * np.array([np.sin(t.get_value()), -np.cos(t.get_value()), 0]))
        )
        bob = always_redraw(lambda: Dot(rod.get_end(), radius=0.35, color=BLUE))
        self.add(rod, bob)
        for angle in (-0.8, 0.8, -0.8):
            self.play(t.animate.set_value(angle), run_time=1, rate_func=smooth)


class BouncingBall(Scene):
    def construct(self):
        floor = Line(6 * LEFT, 6 * RIGHT).shift(2.5 * DOWN)
        ball = Circle(0.4, color=RED, fill_opacity=1).shift(5 * LEFT + 2 * UP)
        self.add(floor, ball)
        for x in (-3, -1, 1, 3):
            self.play(ball.animate.move_to([x, -2.1, 0]), rate_func=rush_into, run_time=0.5)
            self.play(ball.animate.move_to([x + 1, 0.5, 0]), rate_func=rush_from, run_time=0.5)


class LongPause(Scene):
    def construct(self):
        self.play(Create(Square(4)))
        self.wait(6)
        self.play(FadeIn(Circle(1)))


class EmptyStretch(Scene):
    def construct(self):
        square = Square(4)
        self.play(Create(square))
        self.play(FadeOut(square))
        self.wait(2)
        self.play(Create(Circle(2)))


class SmallInTheMiddle(Scene):
    def construct(self):
        dots = VGroup(Dot(LEFT), Dot(RIGHT), Line(LEFT, RIGHT))
        self.play(FadeIn(dots), run_time=2)
        self.play(Rotate(dots, PI), run_time=3)


class RollingCircle(Scene):
    def construct(self):
        ground = Line(6.5 * LEFT, 6.5 * RIGHT).shift(2 * DOWN)
        wheel = VGroup(Circle(1, color=BLUE), Line(ORIGIN, UP), Dot(UP, color=RED)).shift(5 * LEFT + DOWN)
        self.add(ground, wheel)
        self.play(wheel.animate.shift(6 * RIGHT), Rotate(wheel[1], -6), run_time=3)


class TracedPathScene(Scene):
    def construct(self):
        dot = Dot(color=YELLOW).shift(4 * LEFT)
        trace = TracedPath(dot.get_center, stroke_color=YELLOW)
        self.add(trace, dot)
        self.play(dot.animate.shift(8 * RIGHT), run_time=2, path_arc=-1)
        self.play(dot.animate.shift(2 * DOWN))


class SpinningWithUpdater(Scene):
    def construct(self):
        star = Star(outer_radius=2.5, fill_opacity=0.6, color=GOLD)
        star.add_updater(lambda m, dt: m.rotate(dt))
        self.add(star)
        self.wait(4)


class SwapTwo(Scene):
    def construct(self):
        a = VGroup(Square(1.5, color=RED), Text("A")).shift(3 * LEFT)
        b = VGroup(Square(1.5, color=BLUE), Text("B")).shift(3 * RIGHT)
        self.play(FadeIn(a, b))
        self.play(Swap(a, b))
        self.play(CyclicReplace(a, b))


class CrowdOfDots(Scene):
    def construct(self):
        dots = VGroup(
            *[Dot(np.array([np.cos(k * 2.4), np.sin(k * 2.4), 0]) * 0.32 * np.sqrt(k), radius=0.07) for k in range(100)]
        )
        self.play(LaggedStart(*[GrowFromCenter(d) for d in dots], lag_ratio=0.02))
        self.play(dots[:35].animate.set_color(RED))
        self.play(dots[:35].animate.shift(2 * RIGHT), dots[35:].animate.shift(2 * LEFT))


class Typewriter(Scene):
    def construct(self):
        text = Text("one letter after the other", font_size=54)
        self.play(AddTextLetterByLetter(text, time_per_char=0.08))
        self.play(text.animate.to_edge(UP))
        self.play(Create(Rectangle(width=8, height=3)))


class ZoomIntoDetail(MovingCameraScene):
    def construct(self):
        world = VGroup(*[Circle(radius=0.8 * k, color=BLUE) for k in range(1, 5)])
        detail = Text("here", font_size=16)
        self.add(world, detail)
        self.play(self.camera.frame.animate.set(width=4))
        self.wait()


class ThreeDims(ThreeDScene):
    def construct(self):
        self.set_camera_orientation(phi=60 * DEGREES, theta=30 * DEGREES)
        self.play(Create(ThreeDAxes()), FadeIn(Sphere(radius=1.5, resolution=(8, 8))))
        self.begin_ambient_camera_rotation(0.3)
        self.wait(2)


class WavesInStep(Scene):
    def construct(self):
        phase = ValueTracker(0)
        waves = VGroup(
            *[
                always_redraw(
                    lambda y=y: FunctionGraph(lambda x: 0.8 * np.sin(2 * x - phase.get_value()), x_range=[-6, 6]).shift(
                        y * UP
                    )
                )
                for y in (2, -2)
            ]
        )
        self.add(
            waves,
            Text("first", font_size=30).move_to([-6.2, 3.2, 0]),
            Text("second", font_size=30).move_to([-6, -0.7, 0]),
        )
        self.play(phase.animate.set_value(6), run_time=3, rate_func=linear)
