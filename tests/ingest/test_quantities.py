"""Conversions against numbers that are not ours, and missing numbers asked for directly."""

import pytest

from cellarhand.ingest.quantities import gravity, loose, number, pressure, temperature


@pytest.mark.parametrize("raw", [None, float("nan"), "nan", "-nan", "", "undefined"])
def test_a_missing_number_is_none(raw):
    assert number(raw, "sg") is None


@pytest.mark.parametrize("raw", [None, float("nan"), float("inf"), "inf", "", [], {}, True, 10**300])
def test_a_field_nobody_insists_on_is_left_alone_where_it_is_no_number(raw):
    assert loose(raw) is None


def asbc_plato(sg):
    """°P of SG at 20 °C, the cubic fit of the ASBC's table."""
    return -616.868 + 1111.14 * sg - 630.272 * sg**2 + 135.997 * sg**3


@pytest.mark.parametrize("plato", [1.0, 2.5, 5.0, 10.0, 12.0, 15.0, 20.0, 25.0])
def test_plato_agrees_with_the_asbc_s_table(plato):
    assert asbc_plato(gravity(plato, "P")) == pytest.approx(plato, abs=0.06)


@pytest.mark.parametrize(
    ("sent", "unit", "celsius"), [(80, "F", 26.667), (52.6, "F", 11.444), (100.1, "F", 37.833), (294.65, "K", 21.5)]
)
def test_temperatures_agree_with_a_table(sent, unit, celsius):
    assert temperature(sent, unit) == pytest.approx(celsius, abs=5e-4)


@pytest.mark.parametrize(("sent", "unit", "bar"), [(10, "PSI", 0.68948), (30, "psi", 2.06843), (120, "kPa", 1.2)])
def test_pressures_agree_with_a_table(sent, unit, bar):
    assert pressure(sent, unit) == pytest.approx(bar, abs=1e-5)


def test_nothing_stays_nothing_in_every_unit():
    assert (temperature(None, "F"), gravity(None, "P"), pressure(None, "psi")) == (None, None, None)
