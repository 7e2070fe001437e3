"""Conversions against published anchors, and their inverses for any value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellarhand import units

TERRILL = (1.0, -0.0044993, 0.011774, 0.00027581, -0.0012717, -0.0000072800, 0.000063293)  # seanterrill.com, 2011


def terrill(brix_now, brix_wort):
    """The finished-beer cubic that brewers know best: an oracle where it is valid."""
    i, f = brix_wort / 1.04, brix_now / 1.04
    terms = (1.0, i, f, i**2, f**2, i**3, f**3)
    return sum(a * b for a, b in zip(TERRILL, terms, strict=True))


@given(st.floats(-5, 40))
def test_plato_and_sg_are_exact_inverses(plato):
    assert math.isclose(units.plato_from_sg(units.sg_from_plato(plato)), plato, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("plato", "sg"), [(0, 1.0), (10, 1.0400), (12, 1.0484), (15, 1.0611), (20, 1.0830), (25, 1.1058)]
)
def test_gravity_follows_the_asbc_table(plato, sg):
    assert units.sg_from_plato(plato) == pytest.approx(sg, abs=3e-4)


@given(st.floats(-50, 200))
def test_fahrenheit_and_celsius_are_inverses(celsius):
    assert units.c_from_f(units.f_from_c(celsius)) == pytest.approx(celsius, abs=1e-9)


@given(st.floats(1.020, 1.120), st.floats(0.3, 0.95))
def test_alcohol_rises_with_attenuation_and_is_never_negative(og, share):
    fg = og - share * (og - 1)
    assert 0 <= units.abv(og, fg) < units.abv(og, fg - 0.001)


def test_alcohol_agrees_with_cutaia_reid_and_speers():
    og, fg = 1.0484, 1.0100  # 12 °P to 2.6 °P
    oe, ae = units.plato_from_sg(og), units.plato_from_sg(fg)
    by_weight = (0.372 + 0.00357 * oe) * (oe - ae)  # J. Inst. Brew. 115 (2009) 318, n = 532 beers
    assert units.abv(og, fg) == pytest.approx(by_weight * fg / 0.794, rel=0.03)


def test_a_hydrometer_at_its_own_temperature_needs_no_correction():
    assert units.hydrometer_at(1.040, 20.0) == 1.040


@given(st.floats(0, 60), st.floats(0, 60))
def test_a_warmer_sample_reads_lower(a, b):
    low, high = sorted((a, b))
    if high - low > 1 and low > 10:
        assert units.hydrometer_at(1.040, high) > units.hydrometer_at(1.040, low)


@pytest.mark.parametrize(("wort", "now"), [(12.5, 6.2), (15.0, 7.5), (11.0, 5.6), (18.0, 9.3)])
def test_a_refractometer_in_finished_beer_agrees_with_terrill(wort, now):
    assert units.refractometer_sg(now, wort) == pytest.approx(terrill(now, wort), abs=0.0035)


@given(st.floats(8, 22))
def test_a_refractometer_in_unfermented_wort_reads_the_wort(wort):
    assert units.refractometer_sg(wort, wort) == pytest.approx(units.sg_from_plato(wort / 1.04), abs=0.004)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_what_is_outside_a_range_always_has_a_cause(value):
    for limits in (units.GRAVITY, units.TEMPERATURE, units.PRESSURE, units.PH):
        if not limits.holds(value):
            assert limits.cause(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_in_no_range(value):
    assert not units.GRAVITY.holds(value)


@pytest.mark.parametrize(
    ("value", "word"), [(48.0, "points or °P"), (1048.0, "× 1000"), (0.0, "no reading"), (12.1, "°P")]
)
def test_a_wrong_gravity_names_its_likely_unit(value, word):
    assert word in units.GRAVITY.cause(value)
