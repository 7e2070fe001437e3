"""Distributions with mass at already and never; forecasts whose parts agree with one another."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cellarhand.domain import Distribution, Fan, Forecast, from_paths

times = arrays(float, st.integers(5, 60), elements=st.floats(0, 900) | st.just(float("inf")))


@given(times)
def test_quantiles_never_fall_along_the_quantile_axis(values):
    d = Distribution.of(values)
    q = d.quantile(np.linspace(0, 1, 51))
    assert (np.diff(q[np.isfinite(q)]) >= -1e-9).all()
    assert q.shape == (51,)


@given(times, st.floats(0, 1000))
def test_probabilities_are_probabilities_and_rise(values, x):
    d = Distribution.of(values)
    p = d.cdf(np.array([x, x + 1, np.inf]))
    assert (p >= -1e-12).all() and (p <= 1 + 1e-12).all() and (np.diff(p) >= -1e-12).all() and p[-1] == 1


@given(times, st.floats(0.02, 0.98))
def test_cdf_and_quantile_are_inverse_between_the_masses(values, share):
    d = Distribution.of(values)
    if d.already + 0.01 < share < 1 - d.never - 0.01:
        x = d.quantile(share)
        assert d.cdf(x - 1e-6) <= share + 1e-6 and d.cdf(x + 1e-6) >= share - 1e-6


def test_already_is_zero_hours_and_never_is_infinite():
    d = Distribution(np.linspace(10, 20, 99), already=0.3, never=0.2)
    assert d.quantile([0.1, 0.9]).tolist() == [0.0, float("inf")]
    assert d.cdf(0.0) == pytest.approx(0.3) and d.cdf(1e9) == pytest.approx(0.8)


def test_a_scalar_share_gives_a_scalar_and_a_list_a_list():
    d = Distribution(np.tile(np.linspace(1.01, 1.02, 99), (2, 1)))
    assert d.quantile(0.5).shape == (2,) and d.quantile([0.1, 0.5, 0.9]).shape == (2, 3)
    assert d.cdf([1.01, 1.02]).shape == (2, 2)


def test_a_share_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match=r"0\.\.1"):
        Distribution(np.linspace(1, 2, 99)).quantile(1.2)


def falling(m=300, seed=0):
    rng = np.random.default_rng(seed)
    ahead = np.concatenate([[0.0], np.geomspace(1, 900, 50)])
    pace, final = rng.uniform(0.01, 0.08, m), rng.normal(1.011, 0.002, m)
    paths = final[:, None] + (1.032 - final[:, None]) * np.exp(-pace[:, None] * ahead)
    left = np.log(np.maximum((1.032 - final) * 1000, 1.0)) / pace
    return from_paths(as_of=30.0, rung="made up", ahead=ahead, paths=paths, left=left, final=final, notes=("a", "b"))


@given(st.floats(1.008, 1.031), st.floats(0, 700))
def test_while_gravity_falls_crossing_and_gravity_say_the_same(sg, hours):
    f = falling()
    assert float(f.crossing(sg).cdf(hours)) == pytest.approx(float(f.gravity_at(hours).cdf(sg)), abs=0.02)


def test_a_gravity_that_is_never_reached_has_an_infinite_quantile_and_is_null_in_json():
    f = falling()
    assert f.crossing(0.990).quantile(0.5) == float("inf") and f.crossing(0.990).never == pytest.approx(1.0)
    never = Forecast(
        as_of=0.0, rung="x", hours_left=Distribution(np.zeros(99), never=1.0), final_gravity=f.final_gravity, fan=f.fan,
        as_of_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert never.as_json()["hours_left"] == {"p10": None, "p50": None, "p90": None}
    assert never.as_json()["done_at"] == {"p10": None, "p50": None, "p90": None}


def test_a_kept_forecast_fits_two_kilobytes_and_comes_back():
    f = falling()
    blob = f.packed()
    back = Forecast.unpacked(blob, as_of_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(blob) <= 2000 and back.rung == "made up" and back.notes == ("a", "b")
    shares = np.linspace(0.05, 0.95, 19)
    assert np.allclose(back.hours_left.quantile(shares), f.hours_left.quantile(shares), rtol=2e-3, atol=0.01)
    assert np.allclose(back.final_gravity.quantile(shares), f.final_gravity.quantile(shares), atol=2e-5)
    assert np.allclose(back.gravity_at([24, 48]).quantile(0.5), f.gravity_at([24, 48]).quantile(0.5), atol=4e-4)
    with pytest.raises(ValueError, match="starts with"):
        Forecast.unpacked(b"XX1" + blob)


def test_the_fan_is_constant_after_its_last_hour():
    fan = Fan(np.array([0.0, 10.0]), np.tile(np.linspace(1.01, 1.02, 99), (2, 1)))
    assert fan.at(10.0).quantile(0.5) == fan.at(1e6).quantile(0.5)
