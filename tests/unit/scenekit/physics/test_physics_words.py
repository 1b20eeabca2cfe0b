"""Waves, gas, circuits and arrows: they keep the laws they show, and move without building anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from manim import RIGHT, UP, SVGMobject
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import job_folder

from lectern.scenekit import ArrowField, Circuit, Gas, VectorArrow, Wave
from lectern.scenekit.patching import patch_attribute

SCENE = """
    class Words(NarratedScene):
        def construct(self):
            with self.beat():
                arrow = VectorArrow((3, 2), "v", start=LEFT)
                self.play(arrow.reveal())
                self.play(arrow.components("across", "up"))
                self.play(arrow.turn(2, 3))
                assert self.mobjects == [arrow], self.mobjects
                assert [round(part.value, 3) for part, _ in arrow.parts] == [2, 3]
                assert np.allclose(arrow.parts[1][0].end, arrow.end)
                self.play(FadeOut(arrow))
            with self.beat():
                one, other = Wave(2).shift(2 * UP), Wave(1.6, color=theme.violet)
                both = (one + other).shift(2 * DOWN)
                self.play(one.reveal(), other.reveal(), both.reveal())
                self.wait(1)
                self.play(FadeOut(one), FadeOut(other), FadeOut(both))
            with self.beat():
                gas = Gas(30)
                self.play(gas.reveal())
                self.play(gas.compress(0.5))
                assert gas.pressure == 2
                self.play(FadeOut(gas))
            with self.beat():
                circuit = Circuit("battery switch bulb bulb")
                self.play(circuit.reveal())
                before = circuit.charges.points.copy()
                self.play(circuit.close())
                assert circuit.current == 0.5 and not np.allclose(before, circuit.charges.points)
"""


def test_they_are_played_and_the_check_finds_no_fault_in_the_pictures(tmp_path: Path) -> None:
    result = run_in_fork(job_folder(tmp_path, SCENE, beats=[(5.0, "one two three")] * 4, mode="measure"))
    assert result["ok"], result["error"]
    assert [each for each in result["findings"] if "text" in each["rule"] or each["level"] == "error"] == []


def test_a_wave_runs_by_its_speed_and_sets_nothing_anew() -> None:
    wave = Wave(wavelength=2, speed=0.5, width=8)
    before = wave.path.points.copy()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was built")

    with patch_attribute(SVGMobject, "__init__", refuse):
        for _ in range(20):
            wave.update(0.05)
    assert wave.phase == pytest.approx(0.5)
    middle = wave.path.points[:, 1].mean()
    assert np.allclose(wave.path.points[:, 1] - middle, middle - before[:, 1], atol=0.02), (
        "half a wave on, it is upside down"
    )


def test_a_wave_goes_on_where_it_has_been_moved_and_scaled() -> None:
    wave = Wave(amplitude=1, width=8).shift(UP).scale(0.5)
    size, middle = wave.height, wave.get_y()
    wave.update(0.1)
    assert wave.height == pytest.approx(size, rel=0.05)
    assert wave.get_y() == pytest.approx(middle, abs=0.05)


def test_the_sum_of_two_waves_is_their_sum_at_each_place() -> None:
    one, other = Wave(2, 0.5), Wave(1.5, 0.3)
    both = one + other
    both.update(0.2)
    x = np.linspace(0, 3, 7)
    assert np.allclose(both.height_at(x), one.height_at(x) + other.height_at(x))
    assert one.phase > 0, "what is not on screen is run by the sum"


def test_bars_of_a_sound_wave_never_overtake_each_other() -> None:
    wave = Wave(1, 2.0, kind="longitudinal", width=8)
    for _ in range(5):
        wave.update(0.13)
        assert (np.diff(wave.path.points[::4, 0]) >= -1e-6).all()


def test_particles_stay_under_the_piston() -> None:
    gas = Gas(60)
    gas.volume = 0.4
    for _ in range(50):
        gas.update(0.3)
        assert gas.particles.get_top()[1] <= gas.piston[0].get_bottom()[1] + 0.01
        assert gas.particles.get_left()[0] >= gas.box.get_left()[0]


def test_the_same_gas_flies_the_same_way_each_time() -> None:
    one, other = Gas(20), Gas(20)
    one.update(0.5)
    other.update(0.5)
    assert np.allclose(one.particles.points, other.particles.points)


def test_current_is_less_with_more_to_go_through_and_none_without_a_closed_switch() -> None:
    circuit = Circuit("battery switch bulb resistor")
    assert circuit.current == 0
    circuit.closed = 1.0
    circuit.redraw()
    assert circuit.current == pytest.approx(0.5)
    assert Circuit("battery bulb").current == 1


def test_a_field_points_where_its_function_says() -> None:
    field = ArrowField(lambda x, y: (-y, x))
    assert np.allclose(field.at(2 * RIGHT), 2 * UP)
    assert np.allclose(ArrowField(lambda x, y: (1 / x, 0)).at([0, 0, 0]), 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Wave(kind="transversal"), "did you mean 'transverse'"),
        (lambda: Wave(wavelength=0), "longer than 0"),
        (lambda: Gas(0), "1 to 200"),
        (lambda: Gas(5).compress(2), "between 0.15 and 1"),
        (lambda: Circuit("battery lamp"), "part of a circuit 'lamp'"),
        (lambda: Circuit("bulb switch"), "has a battery"),
        (lambda: Circuit("battery bulb")["bulbs"], "did you mean 'bulb'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_remedy(make: object, message: str) -> None:
    with pytest.raises((ValueError, KeyError), match=message):
        make()  # type: ignore[operator]


def test_an_arrow_ends_where_its_vector_does() -> None:
    arrow = VectorArrow((3, 4))
    assert arrow.length == 5
    assert np.allclose(arrow.end, [3, 4, 0])
