"""The outlines of countries: found by the names people use, closed, and alike on both sides of a border."""

from __future__ import annotations

import pytest

from lectern.things import find_country, list_countries, trace_country

DETAILS = (0.0, 0.3, 2.0)


def test_countries_are_found_by_other_names_and_in_any_case() -> None:
    assert find_country("UK") == find_country("britain") == "United Kingdom"
    assert find_country("usa") == "United States"
    assert find_country("Côte d'Ivoire") == find_country("cote d'ivoire") == "Ivory Coast"
    assert find_country("Atlantis") is None


def test_no_name_means_two_countries_and_none_is_abridged() -> None:
    countries = list_countries()
    names = [each.casefold() for name, others in countries.items() for each in {name, *others}]
    assert len(countries) == 241
    assert len(names) == len(set(names))
    assert [name for name in countries if "." in name] == []


@pytest.mark.parametrize("detail", DETAILS)
def test_every_country_has_closed_rings_at_every_level_of_detail(detail: float) -> None:
    for name in list_countries():
        rings = trace_country(name, detail)
        assert rings, name
        assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings), name
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for ring in rings for x, y in ring), name


def test_less_detail_takes_fewer_points() -> None:
    counts = [sum(len(ring) for name in list_countries() for ring in trace_country(name, each)) for each in DETAILS]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 10 * counts[-1]


@pytest.mark.parametrize("detail", DETAILS)
def test_neighbours_share_their_border_point_by_point(detail: float) -> None:
    france, germany = (
        {point for ring in trace_country(name, detail) for point in ring} for name in ("France", "Germany")
    )
    shared = france & germany
    assert len(shared) >= 2
    assert all(5.5 < x < 8.5 and 47 < y < 50 for x, y in shared)
