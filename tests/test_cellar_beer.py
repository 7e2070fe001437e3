"""The simulated cellar's beer: the published courses, a step fit for a closed loop, and what is read of it."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cellarhand.curve import Curve
from cellarhand.domain import Kind
from cellarhand.simulate.cellar import Law, draw, pitched, step, usual
from cellarhand.simulate.cellar.constants import SUGARS, TORO
from cellarhand.simulate.cellar.document import page
from cellarhand.simulate.cellar.variation import TRAITS

PAGE = Path(__file__).parents[1] / "docs" / "second-simulator.md"
BOTH = pytest.mark.parametrize("law", Law)
EDGE = 1e-12


def course(law, temp_c, hours=400.0, dt=0.25, **wort):
    """Hours, SG and the beer at the end, at one temperature."""
    beer = pitched(usual(**wort), law)
    at = np.arange(0.0, hours, dt)
    sg = []
    for _ in at:
        sg.append(beer.sg[0])
        beer, _ = step(beer, temp_c, dt)
    return at, np.array(sg), beer


def reached(at, sg, share):
    """The hour by which that share of the drop is done."""
    return float(at[np.argmax(sg <= sg[0] - share * (sg[0] - sg[-1]))])


@pytest.fixture(scope="module")
def drawn():
    return draw(np.random.default_rng(5), breweries=50, brands=3, batches=2)


# ---- the published courses ---------------------------------------------------------------------------------------


def published_wort():
    """The 130 g/L of sugar that the published runs start from."""
    return next({"og": og, "limit": 0.90} for og in np.arange(1.05, 1.09, 0.0002)
                if usual(og=og, limit=0.90).fermentable[0] >= 130.0)  # fmt: skip


@pytest.mark.parametrize(
    ("temp_c", "half", "ninety_five"), [(8, 68, 117), (10, 67, 113), (12, 62, 103), (13, 57, 97), (14, 52, 94)]
)
def test_the_lager_law_runs_as_four_independent_codes_run_it(temp_c, half, ninety_five):
    at, sg, _ = course(Law.ANDRES_TORO, float(temp_c), **published_wort())
    assert reached(at, sg, 0.50) == pytest.approx(half, abs=2.0)
    assert reached(at, sg, 0.95) == pytest.approx(ninety_five, abs=2.5)


def test_the_lager_law_makes_the_published_ethanol_and_takes_diacetyl_back():
    _, _, beer = course(Law.ANDRES_TORO, 12.0, hours=168.0, **published_wort())
    assert 40.0 < beer.ethanol[0] < 62.0
    assert beer.diacetyl[0] < 0.02


@pytest.mark.parametrize(("temp_c", "ninety_five"), [(12, 377), (16, 206), (20, 116)])
def test_the_three_sugar_law_runs_as_published_but_for_its_lag(temp_c, ninety_five):
    at, sg, _ = course(Law.THREE_SUGARS, float(temp_c), hours=900.0, og=1.066, limit=0.78, waking=1e6)
    assert reached(at, sg, 0.95) == pytest.approx(ninety_five, rel=0.03)


def test_the_constants_are_the_published_ones():
    assert float(TORO["growth"].at(np.array(12.0))) == pytest.approx(np.exp(108.31 - 31934.09 / 285.15))
    at_12 = {
        "glucose_rate": 0.015,
        "maltose_rate": 0.028,
        "triose_rate": 0.13,
        "maltose_half": 610,
        "triose_half": 4460,
    }
    for name, value in at_12.items():  # the four-temperature table, which the Arrhenius line meets to a third
        assert float(SUGARS[name].at(np.array(12.0))) == pytest.approx(value, rel=0.35), name


# ---- a beer that can stand in a closed loop ----------------------------------------------------------------------


@BOTH
def test_a_step_is_pure_and_gravity_never_rises(law):
    beer = pitched(usual(n=2), law)
    before = beer.sg.copy()
    later, _ = step(beer, 15.0, 0.25)
    assert np.array_equal(beer.sg, before) and (later.sg < before).all()
    _, sg, end = course(law, 18.0)
    assert (np.diff(sg) <= EDGE).all() and sg[-1] >= end.wort.lowest[0] - EDGE


@BOTH
@pytest.mark.parametrize("temp_c", [-1.0, 4.0, 12.0, 20.0, 26.0, 40.0])
def test_quarters_of_an_hour_are_fine_enough_at_any_temperature(law, temp_c):
    at, coarse, _ = course(law, temp_c, hours=300.0, dt=0.25)
    _, fine, _ = course(law, temp_c, hours=300.0, dt=0.05)
    assert np.isfinite(coarse).all()
    assert np.abs(coarse - fine[::5][: len(at)]).max() < 0.0006


@BOTH
def test_one_long_step_is_many_short_ones(law):
    whole, heat = step(pitched(usual(), law), 14.0, 24.0)
    beer, total = pitched(usual(), law), 0.0
    for _ in range(96):
        beer, given = step(beer, 14.0, 0.25)
        total += given
    np.testing.assert_allclose(whole.sg, beer.sg)
    np.testing.assert_allclose(heat, total)


@BOTH
def test_batches_side_by_side_are_the_batches_alone(law):
    together, _ = step(pitched(usual(n=2), law), np.array([10.0, 14.0]), 48.0)
    alone = [step(pitched(usual(), law), temp, 48.0)[0].sg[0] for temp in (10.0, 14.0)]
    np.testing.assert_allclose(together.sg, alone)


@BOTH
def test_the_heat_is_that_of_the_sugar_eaten(law):
    """506 to 716 kJ a kilogram over all sources."""
    beer, heat = pitched(usual(), law), 0.0
    for _ in range(40):
        beer, given = step(beer, 14.0, 24.0)
        heat += float(given[0])
    eaten = float(beer.wort.fermentable[0] * (beer.wort.og - beer.sg)[0] / (beer.wort.og - beer.wort.lowest)[0])
    assert 0.5 < heat / eaten < 0.72


@BOTH
def test_the_cold_puts_it_to_sleep(law):
    half_way, _ = step(pitched(usual(), law), 14.0, 48.0)
    cold, _ = step(half_way, 2.0, 24.0)
    warm, _ = step(half_way, 14.0, 24.0)
    assert (half_way.sg - cold.sg)[0] < 0.35 * (half_way.sg - warm.sg)[0]


# ---- a cellar drawn ----------------------------------------------------------------------------------------------


def test_ales_last_three_to_nine_days_and_lagers_a_week_to_three(drawn):
    days = drawn.true.terminal_h / 24.0
    for kind, low, middle, high in ((Kind.ALE, 2.4, (4.0, 7.0), 12.0), (Kind.LAGER, 4.5, (7.0, 12.0), 23.0)):
        of = np.array([drawn.kind(k) is kind for k in range(len(drawn))])
        assert np.quantile(days[of], 0.05) > low
        assert middle[0] < np.median(days[of]) < middle[1]
        assert np.quantile(days[of], 0.95) < high


def test_the_end_is_the_first_hour_from_which_gravity_stays_within_a_point(drawn):
    for k in range(0, len(drawn), 11):
        near = np.abs(drawn.true.sg[k] - drawn.true.sg_final[k]) <= 0.001
        first = next(i for i in range(len(near)) if near[i:].all())
        assert drawn.true.terminal_h[k] == drawn.true.hours[first] < drawn.true.packaged_h[k]


def test_siblings_are_more_alike_than_strangers(drawn):
    hours = np.log(drawn.true.terminal_h).reshape(-1, 2)
    ales = np.array([drawn.kind(2 * k) is Kind.ALE for k in range(len(hours))])
    assert hours[ales].var(axis=1, ddof=1).mean() < 0.75 * hours[ales].var(ddof=1)


def test_the_same_seed_draws_the_same_and_another_otherwise():
    one, same, other = (draw(np.random.default_rng(s), breweries=2, brands=1, batches=2) for s in (1, 1, 2))
    assert all(np.array_equal(a.sg, b.sg) for a, b in zip(one.logs, same.logs, strict=True))
    assert not np.array_equal(one.true.sg, other.true.sg)


def test_logs_are_read_by_curves_sensors_often_and_hands_on_working_days(drawn):
    monday = datetime(2026, 1, 5, tzinfo=UTC)
    hands = 0
    for k in range(0, len(drawn), 5):
        log, began = drawn.logs[k], drawn.words(k, monday)["started_at"]
        curve = Curve.from_readings(log.hours, log.sg, log.temp_c, now=60.0, **drawn.words(k, monday))
        assert curve.readings and curve.manual == drawn.sensors.by_hand[k] and curve.started_at == began
        assert (np.diff(log.hours) > 0).all() and log.hours[-1] <= drawn.true.packaged_h[k]
        if drawn.sensors.by_hand[k]:
            hands += 1
            weekday = ((drawn.who.started_h[k] + log.hours[1:]) // 24.0) % 7
            assert (weekday < 5).all() and np.diff(log.hours).max() >= 48.0
        else:
            assert np.median(np.diff(log.hours)) <= 1.0
    assert hands


def test_what_is_read_is_the_truth_but_for_the_stated_faults(drawn):
    for k in np.flatnonzero(~drawn.sensors.by_hand)[::7]:
        log, s = drawn.logs[k], drawn.sensors
        true = np.interp(log.hours, drawn.true.hours, drawn.true.sg[k])
        off = (log.sg - true) * 1000.0 - s.offset[k] - s.drift[k] * log.hours / 24.0
        assert abs(off.mean()) < 0.15
        assert off.std() == pytest.approx(np.hypot(s.noise[k], s.step[k] / np.sqrt(12.0)), rel=0.2)


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_page_lists_every_constant_and_trait_as_the_code_has_it():
    text = PAGE.read_text()
    assert page(text) == text, "write it anew with `python -m bench.proofs --page`"
    assert all(trait.source for trait in TRAITS)
