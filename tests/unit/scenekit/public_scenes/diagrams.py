# mypy: ignore-errors
"""Scenes in the manner of manim's gallery: boxes, arrows, networks and things with labels."""

from manim import *


def box(word, color=BLUE, width=2.6):
    frame = RoundedRectangle(width=width, height=1.2, corner_radius=0.2, color=color, fill_opacity=0.25)
    return VGroup(frame, Text(word, font_size=30).move_to(frame))


class ClientAndServer(Scene):
    def construct(self):
        client, server = box("Client").shift(4 * LEFT), box("Server", GREEN).shift(4 * RIGHT)
        request = Arrow(client.get_right(), server.get_left(), buff=0.2)
        self.play(FadeIn(client, server))
        self.play(GrowArrow(request), FadeIn(Text("request", font_size=28).next_to(request, UP)))
        packet = Dot(color=YELLOW).move_to(client.get_right())
        self.play(packet.animate.move_to(server.get_left()))


class ArrowIntoWord(Scene):
    def construct(self):
        a, b = Text("carbon", font_size=40).shift(4 * LEFT), Text("carbon dioxide", font_size=40).shift(3 * RIGHT)
        self.play(FadeIn(a), FadeIn(b))
        self.play(GrowArrow(Arrow(a.get_center(), b.get_center(), buff=0)))
        self.wait()


class ArrowBetweenWords(Scene):
    def construct(self):
        a, b = Text("carbon", font_size=40).shift(4 * LEFT), Text("carbon dioxide", font_size=40).shift(3 * RIGHT)
        self.play(FadeIn(a), FadeIn(b))
        self.play(GrowArrow(Arrow(a.get_right(), b.get_left(), buff=0.25)))
        self.wait()


class BinaryTree(Scene):
    def construct(self):
        places = {1: [0, 2.5, 0], 2: [-3, 0.5, 0], 3: [3, 0.5, 0], 4: [-4.5, -1.5, 0], 5: [-1.5, -1.5, 0]}
        nodes = {
            k: VGroup(
                Circle(radius=0.5, color=TEAL, fill_opacity=1, fill_color=BLACK), Text(str(k), font_size=32)
            ).move_to(p)
            for k, p in places.items()
        }
        edges = VGroup(*[Line(places[a], places[b]) for a, b in [(1, 2), (1, 3), (2, 4), (2, 5)]])
        self.play(Create(edges))
        self.play(*[FadeIn(n) for n in nodes.values()])
        self.play(nodes[5][0].animate.set_fill(RED))


class EdgesOverNumbers(Scene):
    def construct(self):
        places = {1: [-3, 0, 0], 2: [0, 2, 0], 3: [3, 0, 0]}
        words = VGroup(*[Text(f"node {k}", font_size=34).move_to(p) for k, p in places.items()])
        edges = VGroup(*[Line(places[a], places[b], color=YELLOW) for a, b in [(1, 2), (2, 3), (1, 3)]])
        self.play(FadeIn(words))
        self.play(Create(edges))
        self.wait()


class GraphOfCities(Scene):
    def construct(self):
        graph = Graph(
            [1, 2, 3, 4],
            [(1, 2), (2, 3), (3, 4), (4, 1)],
            layout="circular",
            layout_scale=2.5,
            vertex_config={"radius": 0.35},
        )
        self.play(Create(graph))
        self.play(graph[1].animate.shift(LEFT))


class OrbitWithLabel(Scene):
    def construct(self):
        sun, planet = Dot(radius=0.5, color=YELLOW), Dot(radius=0.2, color=BLUE).shift(3 * RIGHT)
        name = Text("planet", font_size=28).next_to(planet, UP)
        self.play(FadeIn(sun, planet, name))
        self.play(Rotate(planet, PI, about_point=ORIGIN), run_time=3)
        self.wait()


class OrbitWithFollowingLabel(Scene):
    def construct(self):
        sun, planet = Dot(radius=0.5, color=YELLOW), Dot(radius=0.2, color=BLUE).shift(3 * RIGHT)
        name = Text("planet", font_size=28).add_updater(lambda m: m.next_to(planet, UP))
        self.add(sun, planet, name)
        self.play(Rotate(planet, PI, about_point=ORIGIN), run_time=3)


class MoleculeLeaves(Scene):
    def construct(self):
        oxygen = VGroup(
            Circle(0.5, color=RED, fill_opacity=1), Circle(0.5, color=RED, fill_opacity=1).shift(0.8 * RIGHT)
        ).shift(2 * UP + 3 * RIGHT)
        name = Text("oxygen", font_size=30).next_to(oxygen, DOWN)
        leaf = Ellipse(width=6, height=2.4, color=GREEN, fill_opacity=0.7).shift(2.2 * DOWN)
        self.play(FadeIn(leaf, oxygen, name))
        self.play(FadeOut(oxygen, shift=2 * UP))
        self.wait(2)


class StackOfPlates(Scene):
    def construct(self):
        stack = VGroup()
        for word, color in zip(["push a", "push b", "push c"], [RED, GREEN, BLUE]):
            plate = VGroup(Rectangle(width=4, height=0.9, color=color, fill_opacity=0.5), Text(word, font_size=32))
            stack.add(plate)
        stack.arrange(UP, buff=0.15)
        for plate in stack:
            self.play(FadeIn(plate, shift=DOWN))
        self.play(stack[2].animate.shift(4 * RIGHT))


class ArrayWithPointer(Scene):
    def construct(self):
        cells = VGroup(*[VGroup(Square(1.1), Text(str(n), font_size=36)) for n in [4, 8, 15, 16, 23, 42]]).arrange(
            RIGHT, buff=0
        )
        pointer = Arrow(UP, DOWN, color=YELLOW).next_to(cells[0], UP)
        name = Text("i", font_size=36, color=YELLOW).next_to(pointer, UP)
        self.play(FadeIn(cells))
        self.play(FadeIn(pointer, name))
        self.play(VGroup(pointer, name).animate.next_to(cells[3], UP))


class PointerWithoutItsName(Scene):
    def construct(self):
        cells = VGroup(*[VGroup(Square(1.1), Text(str(n), font_size=36)) for n in [4, 8, 15, 16, 23, 42]]).arrange(
            RIGHT, buff=0
        )
        pointer = Arrow(2 * UP, ORIGIN, color=YELLOW).next_to(cells[0], UP)
        name = Text("low", font_size=32, color=YELLOW).next_to(pointer, UP, buff=0.1)
        self.play(FadeIn(cells))
        self.play(FadeIn(pointer, name))
        self.play(pointer.animate.next_to(cells[5], UP))
        self.wait()


class VennDiagram(Scene):
    def construct(self):
        a = Circle(2.2, color=BLUE, fill_opacity=0.4).shift(1.3 * LEFT)
        b = Circle(2.2, color=RED, fill_opacity=0.4).shift(1.3 * RIGHT)
        names = VGroup(
            Text("cats", font_size=34).shift(2.3 * LEFT),
            Text("dogs", font_size=34).shift(2.3 * RIGHT),
            Text("pets", font_size=34),
        )
        self.play(FadeIn(a), FadeIn(b))
        self.play(Write(names))


class WordOnBright(Scene):
    def construct(self):
        panel = Rectangle(width=8, height=4, fill_opacity=1, color=YELLOW)
        self.play(FadeIn(panel))
        self.play(Write(Text("white on yellow", font_size=60)))
        self.wait()


class CurtainFalls(Scene):
    def construct(self):
        word = Text("behind the curtain", font_size=60)
        self.play(Write(word))
        curtain = Rectangle(width=6, height=4, fill_opacity=1, color=MAROON).shift(3 * RIGHT + 6 * UP)
        self.play(curtain.animate.shift(6 * DOWN))
        self.wait()


class LegendBesideLines(Scene):
    def construct(self):
        rows = VGroup(
            *[
                VGroup(Line(ORIGIN, RIGHT, color=c), Text(w, font_size=30)).arrange(RIGHT, buff=0.3)
                for w, c in [("wheat", GOLD), ("rice", GREEN), ("maize", ORANGE)]
            ]
        )
        rows.arrange(DOWN, aligned_edge=LEFT, buff=0.5).scale(1.5)
        self.play(LaggedStart(*[FadeIn(r) for r in rows], lag_ratio=0.4))
        self.wait()


class DoubleArrowMeasure(Scene):
    def construct(self):
        bar = Rectangle(width=8, height=1, fill_opacity=0.6, color=TEAL)
        arrow = DoubleArrow(bar.get_left(), bar.get_right(), buff=0).next_to(bar, DOWN, buff=0.3)
        self.play(FadeIn(bar))
        self.play(GrowFromCenter(arrow), FadeIn(Text("8 m", font_size=36).next_to(arrow, DOWN)))
        self.wait()
