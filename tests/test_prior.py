"""The simulated breweries: siblings, courses, ends, sensors, habits, and the page that lists every parameter."""

import importlib.util
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cellarhand.domain import Kind
from cellarhand.simulate.prior import DEVICES, KINDS, draw, ferment, parameters, relatives, terminal, truth
from cellarhand.simulate.prior.document import PARTS, page
from cellarhand.simulate.prior.habits import slots
from cellarhand.simulate.prior.kinetics import pace
from cellarhand.simulate.prior.readings import FINE, read
from cellarhand.simulate.prior.rows import Law
from cellarhand.simulate.prior.sensors import DENSITY, FLOAT, INLINE, sensors
from cellarhand.simulate.prior.sources import SOURCES

PAGE = Path(__file__).parents[1] / "docs" / "prior.md"
EDGE = 1e-9


def course(seed=4, horizon_h=1200, kinds=None, breweries=20, brands=2, batches=3, **changed):
    """A truth and its parameters, some of them set for all batches."""
    rng = np.random.default_rng(seed)
    who = relatives(rng, breweries=breweries, brands=brands, batches=batches, kinds=kinds)
    p = parameters(who, rng)
    p |= {name: np.full_like(p["og"], value) for name, value in changed.items()}
    hours = np.arange(horizon_h + 1.0)
    return who, p, truth(ferment(p, hours), p, hours)


@pytest.fixture(scope="module")
def drawn():
    return draw(np.random.default_rng(11), breweries=40, brands=3, batches=4, finest_h=0.5)


# ---- one draw ----------------------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_and_another_seed_draws_otherwise():
    one, same, other = (
        draw(np.random.default_rng(s), breweries=2, brands=2, batches=2, horizon_h=600, finest_h=1.0) for s in (5, 5, 6)
    )
    np.testing.assert_array_equal(one.truth.sg, same.truth.sg)
    np.testing.assert_array_equal(one.readings.sg, same.readings.sg)
    np.testing.assert_array_equal(one.readings.hours, same.readings.hours)
    assert not np.array_equal(one.truth.sg, other.truth.sg)


def test_a_draw_holds_for_each_batch_who_it_is_and_what_truly_happened(drawn):
    n = len(drawn)
    assert n == 40 * 3 * 4
    assert drawn.truth.sg.shape == drawn.truth.temp_c.shape == (n, len(drawn.truth.hours))
    assert drawn.truth.dry_hops.shape == (n, 3)
    assert np.isfinite(drawn.truth.sg).all()
    assert np.isfinite(drawn.truth.temp_c).all()
    assert ((drawn.truth.terminal_h >= 0) & (drawn.truth.terminal_h <= drawn.truth.packaged_h)).all()
    assert isinstance(drawn.kind(0), Kind)
    assert (drawn.pitched_at >= 0).all()
    begun = drawn.who.started_h.reshape(-1, 4)
    assert (np.diff(begun, axis=1) >= 0).all()


def test_kinds_can_be_chosen():
    who = relatives(np.random.default_rng(0), breweries=30, brands=2, batches=1, kinds=[Kind.CIDER, Kind.MEAD])
    assert {KINDS[k] for k in who.kind} == {Kind.CIDER, Kind.MEAD}


def test_a_culture_belongs_to_one_kind_and_is_met_in_more_than_one_brewery():
    who = relatives(np.random.default_rng(0), breweries=60, brands=3, batches=2)
    kinds = {(c, k) for c, k in zip(who.culture, who.kind, strict=True)}
    assert len(kinds) == len(set(who.culture))
    homes = {(c, b) for c, b in zip(who.culture, who.brewery, strict=True)}
    assert len(homes) > len(kinds)


# ---- siblings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["duration", "og", "final"])
def test_siblings_are_more_alike_than_strangers(what):
    f = draw(np.random.default_rng(3), breweries=60, brands=2, batches=5, kinds=[Kind.ALE], finest_h=1.0)
    values = {"duration": np.log(f.hours_to_terminal + 1.0), "og": f.og, "final": f.truth.sg_final}[what]
    within = values.reshape(-1, 5).var(axis=1, ddof=1).mean()
    assert within < 0.75 * values.var(ddof=1), f"{within:.2g} of {values.var(ddof=1):.2g}"


def test_brands_of_one_brewery_are_more_alike_in_speed_than_those_of_two():
    _, p, _ = course(horizon_h=2, kinds=[Kind.ALE], breweries=300, brands=4, batches=1)
    speed = np.log(p["speed"]).reshape(300, 4)
    assert speed.var(axis=1, ddof=1).mean() < 0.85 * speed.var(ddof=1)


# ---- true courses ------------------------------------------------------------------------------------------------


def test_gravity_only_rises_when_a_brew_or_sugar_comes_in(drawn):
    rise = np.diff(drawn.truth.sg, axis=1) > EDGE
    hours = drawn.truth.hours[1:]
    filling = hours[None, :] <= drawn.full_at[:, None] + EDGE
    added = np.abs(hours[None, :] - 1.0 - drawn.truth.added_at[:, None]) < 0.5
    assert not (rise & ~filling & ~added).any()
    assert np.isfinite(drawn.truth.added_at).any()


def test_gravity_is_never_below_its_final_level_unless_sugar_came_in(drawn):
    plain = np.isnan(drawn.truth.added_at) & (drawn.full_at < 24)
    assert plain.sum() > 300
    assert (drawn.truth.sg[plain] >= drawn.truth.sg_final[plain, None] - EDGE).all()


def test_the_original_gravity_is_the_mean_of_all_brews():
    _, p, true = course(brews=3.0, brew_gap=5.0, pitched_at=40.0, brew_step=2.0, sour_drop=0.0, horizon_h=60)
    np.testing.assert_allclose((true.sg[:, 20] - 1.0) * 1000.0, p["og"], atol=1e-6)
    assert (np.abs(true.sg[:, 0] - true.sg[:, 20]) > 0.0015).all()


def test_the_terminal_hour_is_the_first_from_which_true_gravity_stays_within_a_point(drawn):
    for k in range(0, len(drawn), 7):
        sg, final = drawn.truth.sg[k], drawn.truth.sg_final[k]
        within = [bool((np.abs(sg[j:] - final) <= 0.001 + EDGE).all()) for j in range(len(sg))]
        assert drawn.truth.terminal_h[k] == drawn.truth.hours[within.index(True)]
        assert final == sg[int(drawn.truth.packaged_h[k])]


def test_a_course_that_dips_and_comes_back_is_not_yet_terminal():
    sg = np.array([[1.050, 1.010, 1.014, 1.0105, 1.010]])
    assert terminal(np.arange(5.0), sg, np.array([1.010])).tolist() == [3.0]


def test_a_dry_hop_may_reopen_done():
    without = course(kinds=[Kind.ALE], hop_charges=0.0, hop_points=5.0, quiet_h=30.0, least_h=40.0, stall_at=9.0)[2]
    _, _, true = course(
        kinds=[Kind.ALE], hop_charges=1.0, hop_points=5.0, hop_at=1.2, quiet_h=30.0, least_h=40.0, stall_at=9.0
    )
    at = true.dry_hops[:, 0]
    assert np.isfinite(at).mean() > 0.9
    index = np.where(np.isfinite(at), at, 0).astype(int)
    row = np.arange(len(at))
    day_before = true.sg[row, np.maximum(index - 24, 0)] - true.sg[row, index]
    after = true.sg[row, index] - true.sg_final
    reopened = (day_before < 0.001) & (after > 0.002) & (true.terminal_h > at)
    assert reopened.mean() > 0.5
    assert (true.terminal_h > without.terminal_h)[reopened].mean() > 0.9


def test_beer_heats_itself_and_a_crash_cools_it():
    _, p, true = course(
        kinds=[Kind.ALE], control=0.05, swing=0.0, rises=0.0, pitch_off=0.0, crashes=1.0, mature_h=200.0
    )
    assert (true.temp_c.max(axis=1) > p["set_c"] + 0.5).mean() > 0.9
    assert (np.abs(true.temp_c[:, -1] - p["crash_c"]) < 1.0).mean() > 0.9


def test_a_stuck_batch_stands_where_it_stuck_and_a_rousing_brings_it_on():
    stuck = course(kinds=[Kind.ALE], stall_at=0.5, revive_h=1e6, least_h=600.0)[2]
    roused = course(kinds=[Kind.ALE], stall_at=0.5, revive_h=100.0, least_h=600.0)[2]
    assert (stuck.sg_final - roused.sg_final > 0.005).mean() > 0.9


def test_warmth_doubles_the_pace_per_ten_degrees_below_22_and_helps_little_above():
    """Foster et al. 2022: Q10 about 2.3 below 22 °C, 18 kJ/mol above."""
    _, p, _ = course(horizon_h=2, kinds=[Kind.ALE])
    at = {t: np.median(pace(np.full_like(p["og"], t), p, np)) for t in (12.0, 15.0, 22.0, 30.0, 42.0)}
    assert 1.6 < at[22.0] / at[15.0] < 2.2
    assert 1.05 < at[30.0] / at[22.0] < 1.4
    assert at[42.0] < 0.1


# ---- kinds -------------------------------------------------------------------------------------------------------

RANGES = {  # median hours from pitch to end, median attenuation at packaging, and where from
    Kind.ALE: ((65, 130), (0.72, 0.80)),  # O'Brien 2024: 3–5 days; yeast table 75.5 ± 8.8 %
    Kind.LAGER: (
        (110, 210),
        (0.72, 0.80),
    ),  # Speers 2003: 111 h; Foster 2022 at 12 °C: 6.5–8.7 days; table 74.9 ± 3.5 %
    Kind.KVEIK: ((36, 96), (0.72, 0.84)),  # makers: two to four days
    Kind.KETTLE_SOUR: ((65, 150), (0.72, 0.85)),  # as ales, slower; BJCP Berliner 1.003–1.006 from 1.028–1.032
    Kind.MIXED: ((250, 1200), (0.74, 0.95)),  # weeks to months; BJCP 1.000–1.010 from 1.040–1.060
    Kind.STA1: ((90, 250), (0.84, 0.98)),  # BJCP saison 1.002–1.008; Foster 2022: one never got under 1.010
    Kind.LOW_ALCOHOL: ((36, 120), (0.15, 0.45)),  # maltose-negative yeasts
    Kind.CIDER: ((150, 500), (0.92, 1.08)),  # BJCP 0.995–1.010 from 1.045–1.065
    Kind.MEAD: ((250, 800), (0.80, 1.02)),  # BJCP 0.990–1.025 from 1.080–1.120
}


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_kind_lasts_and_attenuates_as_its_sources_say(kind):
    f = draw(np.random.default_rng(8), breweries=60, brands=2, batches=2, kinds=[kind], device=DENSITY)
    attenuation = (f.og - f.truth.sg_final) / (f.og - 1.0)
    (fast, slow), (low, high) = RANGES[kind]
    assert fast < np.median(f.hours_to_terminal) < slow
    assert low < np.median(attenuation) < high
    assert ((attenuation > 0.0) & (attenuation < 1.15)).all()
    assert (f.truth.sg_final > 0.980).all()


def test_lagers_and_mixed_beers_go_on_for_weeks_and_nothing_for_more_than_a_hundred_days():
    for kind, tail_h in ((Kind.LAGER, 300.0), (Kind.MIXED, 1200.0)):
        _, p, true = course(kinds=[kind], horizon_h=2400, breweries=100)
        hours = true.terminal_h - p["pitched_at"]
        assert np.quantile(hours, 0.97) > tail_h
        assert hours.max() <= 2400
        if kind is Kind.MIXED:
            assert hours.max() > 70 * 24


# ---- sensors and habits ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tanks():
    rng = np.random.default_rng(21)
    return course(seed=21, horizon_h=500, kinds=[Kind.ALE], breweries=12, brands=1, batches=2, hop_charges=0.0), rng


def seen(tanks, device=FLOAT, **faults):
    """Readings by otherwise perfect sensors, and the true points at the moments noted."""
    (who, p, true), _ = tanks
    rng = np.random.default_rng(1)
    sensor = sensors(who, rng, np.full(len(who.brewery), DEVICES.index(device)))
    none = {name: np.zeros_like(value) for name, value in sensor.rows.items()}
    keep = {k: sensor.rows[k] for k in ("ar_h", "hump_at", "hump_h", "spike_points", "kick_points", "hand_hour")}
    ones = {"slope": np.ones(len(who.brewery)), "interval_h": np.ones(len(who.brewery))}
    given = {name: np.full(len(who.brewery), float(value)) for name, value in faults.items()}
    perfect = replace(sensor, rows={**none, **keep, **ones, **given})
    n = np.zeros(len(who.brewery))
    r = read(
        true,
        perfect,
        from_h=n,
        to_h=true.packaged_h,
        pitched_at=p["pitched_at"],
        set_c=p["set_c"],
        started_h=who.started_h,
        rng=rng,
    )
    points = np.array([np.interp(h, true.hours, true.sg[b]) for h, b in zip(r.hours, r.batch, strict=True)])
    temp = np.array([np.interp(h, true.hours, true.temp_c[b]) for h, b in zip(r.hours, r.batch, strict=True)])
    return r, (points - 1.0) * 1000.0, temp - p["set_c"][r.batch], r.hours - p["pitched_at"][r.batch]


def test_a_perfect_sensor_reads_the_truth_to_its_resolution(tanks):
    r, points, _, _ = seen(tanks)
    assert len(r.hours) > 2000
    assert np.abs((r.sg - 1.0) * 1000.0 - points).max() <= FINE / 2 + EDGE


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"offset": 3.0}, lambda points, temp, since: 3.0 + 0 * points),
        ({"slope": 1.05}, lambda points, temp, since: 0.05 * points),
        ({"drift": 0.2}, lambda points, temp, since: 0.2 * np.maximum(since, 0.0) / 24.0),
        ({"per_kelvin": 0.5}, lambda points, temp, since: 0.5 * temp),
    ],
    ids=["offset", "slope", "drift", "temperature and cold crash"],
)
def test_readings_differ_from_the_truth_by_the_stated_fault_only(tanks, faults, error):
    r, points, temp, since = seen(tanks, **faults)
    off = (r.sg - 1.0) * 1000.0 - points
    assert np.abs(off - error(points, temp, since)).max() <= FINE / 2 + 0.02


def test_noise_has_the_stated_spread_and_more_of_it_while_it_foams(tanks):
    r, points, _, _ = seen(tanks, noise=0.5)
    assert np.std((r.sg - 1.0) * 1000.0 - points) == pytest.approx(0.5, rel=0.1)
    r, points, _, since = seen(tanks, noise=0.5, froth=3.0)
    off = (r.sg - 1.0) * 1000.0 - points
    late = since > 150
    assert off[~late].std() > 1.5 * off[late].std()


def test_spikes_kicks_and_an_early_rise_show_where_they_should(tanks):
    r, points, _, since = seen(tanks, spikes=0.01)
    off = np.abs((r.sg - 1.0) * 1000.0 - points)
    assert 0.003 < np.mean(off > 1.0) < 0.015
    r, points, _, since = seen(tanks, hump=1.0, hump_points=10.0, hump_at=6.0, hump_h=3.0)
    off = (r.sg - 1.0) * 1000.0 - points
    assert off[np.abs(since - 6.0) < 1.0].min() > 8.0
    assert np.abs(off[since > 24.0]).max() <= FINE
    r, points, _, since = seen(tanks, kicks=0.5, kick_points=3.0)
    off = (r.sg - 1.0) * 1000.0 - points
    jumps = np.abs(np.diff(off)) > 0.3
    assert 0.005 < jumps.mean() < 0.03, "half a kick a day, and it stays"


def test_a_coarse_sensor_shows_whole_points(tanks):
    r, _, _, _ = seen(tanks, coarse=1.0, quantum=1.0)
    np.testing.assert_allclose((r.sg - 1.0) * 1000.0, np.round((r.sg - 1.0) * 1000.0), atol=1e-6)


def test_a_thermometer_may_be_off_or_missing(tanks):
    r, _, temp, _ = seen(tanks, temp_offset=0.7)
    (_, p, _), _ = tanks
    np.testing.assert_allclose(r.temp_c - p["set_c"][r.batch] - temp, 0.7, atol=1e-6)
    assert np.isnan(seen(tanks, temp_missing=1.0)[0].temp_c).all()


def test_a_daily_reading_with_a_date_only_is_noted_at_noon_and_weekends_are_missing(tanks):
    (who, _, true), _ = tanks
    rng = np.random.default_rng(2)
    sensor = sensors(who, rng, np.full(len(who.brewery), DEVICES.index(DENSITY)))
    given = {"interval_h": 24.0, "date_only": 1.0, "weekdays": 1.0, "missed": 0.0}
    rows = {**sensor.rows, **{k: np.full(len(who.brewery), v) for k, v in given.items()}}
    s = slots(replace(sensor, rows=rows), np.zeros(len(who.brewery)), true.packaged_h, who.started_h, rng)
    assert (s.precision_h == 12.0).all()
    assert (np.abs(s.hours - s.true_h) <= 12.0).all()
    np.testing.assert_allclose((who.started_h[s.batch] + s.hours) % 24.0, 12.0, atol=1e-6)
    first = np.r_[True, s.batch[1:] != s.batch[:-1]]
    days = np.round(np.diff(s.hours)[~first[1:]] / 24.0)
    assert set(days) <= {1.0, 2.0, 3.0}
    assert {1.0, 3.0} <= set(days)
    weekday = np.floor((who.started_h[s.batch] + s.true_h) / 24.0) % 7
    assert (weekday[~first] < 5).all()


def test_readings_come_in_order_inside_the_stay_and_by_hand_where_a_hand_reads(drawn):
    r = drawn.readings
    same = r.batch[1:] == r.batch[:-1]
    assert (np.diff(r.batch) >= 0).all()
    assert (np.diff(r.hours)[same] >= 0).all()
    assert (r.hours <= drawn.truth.packaged_h[r.batch] + r.precision_h + EDGE).all()
    assert ((r.sg >= 0.980) & (r.sg <= 1.200)).all()
    assert set(np.unique(r.precision_h)) == {0.0, 12.0}
    assert r.by_hand[r.precision_h > 0].all()
    one = r.of(5)
    assert set(one.batch) <= {5}
    assert len(one.hours) == np.sum(r.batch == 5)


def test_habits_run_from_a_minute_to_a_reading_a_day():
    f = draw(np.random.default_rng(2), breweries=60, brands=1, batches=1, horizon_h=300)
    steps = np.array([np.median(np.diff(f.readings.of(k).hours)) for k in range(60) if len(f.readings.of(k).hours) > 3])
    assert steps.min() < 1 / 30
    assert (steps >= 20).any()
    assert ((steps > 0.2) & (steps < 1.1)).any()


def test_no_sensor_reads_more_often_than_asked():
    f = draw(np.random.default_rng(2), breweries=8, brands=1, batches=1, horizon_h=300, finest_h=2.0, device=INLINE)
    inline = f.readings.where(~f.readings.by_hand)
    steps = np.diff(inline.hours)[np.diff(inline.batch) == 0]
    assert steps.min() > 1.9


# ---- array modules -----------------------------------------------------------------------------------------------


def test_one_function_of_arrays_needs_only_what_every_array_module_has():
    names = ("zeros_like", "clip", "floor", "where", "minimum", "maximum", "exp", "sin")
    face = types.SimpleNamespace(**{name: getattr(np, name) for name in names})
    _, p, _ = course(horizon_h=2)
    hours = np.arange(200.0)

    def scan(step, start, xs):
        state, rows = start, []
        for x in xs:
            state, row = step(state, x)
            rows.append(row)
        return state, type(rows[0])(*map(np.stack, zip(*rows, strict=True)))

    np.testing.assert_array_equal(ferment(p, hours, xp=face, scan=scan).points, ferment(p, hours).points)
    single = {k: v.astype(np.float32) for k, v in p.items()}
    np.testing.assert_allclose(ferment(single, hours.astype(np.float32)).points, ferment(p, hours).points, atol=0.02)


if importlib.util.find_spec("jax"):  # only for whoever trains; never needed to run or to test

    def test_jax_runs_the_same_course():
        import jax
        import jax.numpy as jnp

        _, p, _ = course(horizon_h=2)
        q = {k: jnp.asarray(v, jnp.float32) for k, v in p.items()}
        hours = jnp.arange(400, dtype=jnp.float32)
        points = jax.jit(lambda q: ferment(q, hours, xp=jnp, scan=jax.lax.scan).points)(q)
        np.testing.assert_allclose(np.asarray(points), ferment(p, np.arange(400.0)).points, atol=0.02)


# ---- the page and the tables -------------------------------------------------------------------------------------

ROWS = [row for _, rows in PARTS for row in rows]


def test_the_page_lists_every_parameter_as_the_tables_have_it():
    text = PAGE.read_text()
    assert page(text) == text, "write it anew with `python -m bench.margins --name none`"


def test_every_range_names_a_source_that_the_page_explains():
    unknown = [row.name for row in ROWS if not row.source.startswith(tuple(SOURCES))]
    assert not unknown
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_no_kind_or_device_has_its_centre_outside_the_bounds():
    wrong = [
        (row.name, group)
        for row in ROWS
        for group, (a, b) in {"": row.usual, **row.by}.items()
        if not row.low <= a <= row.high or (row.law is Law.UNIFORM and not row.low <= b <= row.high)
    ]
    assert not wrong
    known = {*map(str, KINDS), *DEVICES}
    assert {group for row in ROWS for group in row.by} <= known
