"""The learned rungs: they learn what is there to learn, count censored batches, and know when they know too little."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import cellarhand
from cellarhand.curve import Curve
from cellarhand.domain import Refused, TooFewBatches
from cellarhand.forecasting import RUNGS, Forecaster
from cellarhand.forecasting.backtest import Durations
from cellarhand.forecasting.features import NOW, snapshot
from cellarhand.forecasting.hazard import Hazard, lasting
from cellarhand.forecasting.landmarks import landmarks, outcome, table_of
from cellarhand.forecasting.past import as_known_at, summary
from cellarhand.forecasting.usual import usual

START = datetime(2026, 3, 1, tzinfo=UTC)
LEARNED = pytest.mark.parametrize("rung", ["hazard", "crosses"])


def gravity(hours, og=1.050, fg=1.011, half=38.0, width=9.0):
    return fg + (og - fg) / (1 + np.exp((np.asarray(hours) - half) / width))


def batch(k, slow=1.0, until=240.0, every=12.0, **words):
    """A batch by hand that is `slow` times as slow as usual."""
    hours = np.arange(0, until, every)
    noise = np.random.default_rng(k).normal(0, 0.0003, len(hours))
    words = {"started_at": START - timedelta(days=20 * (k + 1)), **words}
    return replace(Curve.from_readings(hours, gravity(hours / slow) + noise, **words), ended=True)


def brewery(n, seed=0, spread=0.3):
    """Batches whose pace differs, and shows itself in the fall of gravity."""
    rng = np.random.default_rng(seed)
    return [batch(k, float(np.exp(spread * rng.normal()))) for k in range(n)]


@pytest.fixture(scope="module")
def models():
    found = brewery(60)
    return {name: RUNGS[name]().fit(found) for name in ("hazard", "crosses")}


@LEARNED
def test_a_learned_rung_tells_slow_from_fast_by_how_it_falls(rung, models):
    left = []
    for slow in (0.8, 1.0, 1.4):
        hours = np.arange(0, 37, 12.0)
        (said,) = models[rung].predict([Curve.from_readings(hours, gravity(hours / slow))])
        left.append(float(said.hours_left.quantile(0.5)))
    assert left[0] < left[1] < left[2]


@LEARNED
def test_a_learned_rung_beats_the_durations_alone_where_the_pace_tells(rung, models):
    known, fresh = brewery(60), brewery(30, seed=9)
    durations = [summary(b).duration for b in known]
    off = {"simple": 0.0, "learned": 0.0}
    for b in fresh:
        end = summary(b).duration
        for hour in (36.0, 60.0):
            if hour < end:
                (said,) = models[rung].predict([as_known_at(b, hour)])
                medians = {"simple": Durations(durations, hour), "learned": said.hours_left}
                for name, left in medians.items():
                    off[name] += abs(float(left.quantile(0.5)) - (end - hour))
    assert off["learned"] < 0.95 * off["simple"]


@LEARNED
def test_with_too_few_batches_it_says_so_and_the_simpler_rung_speaks(rung):
    few = brewery(12)
    model = RUNGS[rung]().fit(few)
    with pytest.raises(TooFewBatches, match=f"{model.needs} past batches with a seen end and has 12"):
        model.predict([batch(99)])
    said = Forecaster(rung).fit(few).predict([Curve.from_readings([0.0, 24.0], [1.05, 1.04])])[0]
    assert said.rung == "typical" and any("is asked instead" in note for note in said.notes)
    with pytest.raises(TooFewBatches):
        model.coefficients()


def test_between_15_and_30_batches_hazard_speaks_for_crosses():
    said = Forecaster("crosses").fit(brewery(20)).predict([Curve.from_readings([0.0, 24.0], [1.05, 1.04])])[0]
    assert said.rung == "hazard"


def test_nobody_asks_the_learned_rungs_unless_named():
    model = Forecaster().fit(brewery(40))
    for until in (12.0, 40.0, 100.0):
        for every in (0.5, 12.0):
            hours = np.arange(0, until, every)
            said = model.predict([Curve.from_readings(hours, gravity(hours))])[0]
            assert said.rung in ("typical", "blend")


@LEARNED
def test_the_same_past_in_another_order_learns_the_same_usual_and_much_the_same_answer(rung, models):
    (a,) = models[rung].predict([batch(99, until=40.0)])
    (b,) = RUNGS[rung]().fit(brewery(60)[::-1]).predict([batch(99, until=40.0)])
    assert float(a.hours_left.quantile(0.5)) == pytest.approx(float(b.hours_left.quantile(0.5)), rel=0.15)


def test_coefficients_name_every_input_and_crosses_drops_some(models):
    names = [name for name, _ in models["hazard"].coefficients()]
    assert {"clock", "drop left", "fall", "pace"} <= set(names) and len(names) == len(set(names))
    assert all(weight != 0 for _, weight in models["hazard"].coefficients())
    crosses = models["crosses"]
    assert any("×" in name or " and " in name for name, weight in crosses.coefficients() if weight != 0)
    assert crosses.dropped() and set(crosses.dropped()) < {name for name, _ in crosses.coefficients()}
    assert all(m.fit_.certificate.converged for m in models.values())


def test_censored_batches_push_the_answer_out():
    ended = brewery(30, spread=0.1)
    running = [batch(k, 3.0, until=150.0) for k in range(30, 50)]
    running = [replace(b, ended=False) for b in running]
    now = Curve.from_readings([0.0], [1.050])
    without = Hazard().fit(ended).predict([now])[0].hours_left.quantile(0.9)
    with_them = Hazard().fit([*ended, *running]).predict([now])[0].hours_left.quantile(0.9)
    assert float(with_them) > float(without)


def test_an_earlier_look_at_a_curve_is_what_the_live_path_would_have_seen():
    hours = np.arange(0, 200, 12.0)
    whole = Curve.from_readings(hours, gravity(hours))
    then, live = as_known_at(whole, 66.0), Curve.from_readings(hours, gravity(hours), now=66.0)
    for name in ("hours", "sg", "smooth", "rate", "se"):
        assert getattr(then, name) == pytest.approx(getattr(live, name)), name
    told = [snapshot(c, usual(c, [])) for c in (then, live)]
    assert tuple(told[0]) == NOW and told[0] == pytest.approx(told[1], nan_ok=True)


def test_landmarks_stay_before_the_end_and_are_the_same_for_all():
    found = landmarks(batch(0), 50.0)
    assert found.round().tolist() == [0, 12, 24, 36, 48] and np.array_equal(found, landmarks(batch(1, 2.0), 200.0)[:5])


@pytest.mark.parametrize(("after", "by"), [(3.0, 9.0), (0.0, 24.0), (590.0, 640.0), (-1e-3, 12.0)])
def test_chances_of_an_end_add_up(after, by):
    trials, events = outcome(after, by)
    assert (events >= 0).all() and (events <= trials + 1e-12).all()
    assert trials[0] == 1.0 and events.sum() + (trials - events)[-1] == pytest.approx(1.0)
    survive = np.prod(1 - np.divide(events, trials, out=np.zeros_like(events), where=trials > 0))
    assert survive == pytest.approx(1 - events.sum(), abs=1e-9)


def test_every_batch_that_still_ran_weighs_alike_so_the_table_has_the_durations_of_the_batches():
    found = brewery(60)
    ends = [summary(b) for b in found]
    table = table_of(found, ends)
    assert (table.events <= table.trials + 1e-9).all() and len(np.unique(table.batch)) == 60
    assert all(len(c) == len(table.trials) for c in table.columns.values())
    early, ahead = table.columns["elapsed"] < 0.01, np.expm1(table.columns["hours ahead"]) * 24
    lasts, at = 1.0, 0.0
    for hour in np.unique(ahead.round(2)):
        rows = early & (ahead.round(2) == hour)
        steps = 4 if hour > 48 else 1
        rate = (table.weight * table.events)[rows].sum() / max((table.weight * table.trials)[rows].sum(), 1e-12)
        lasts, at = lasts * (1.0 - rate) ** steps, hour
        if lasts < 0.5:
            break
    assert at == pytest.approx(np.median([p.duration for p in ends]), abs=12.0)


def test_what_is_usual_is_learnt_from_the_others_and_a_stated_end_stands():
    mine = batch(0, brand="A")
    slow = [summary(batch(k, 3.0, until=500.0, brand="A")) for k in range(1, 9)]
    assert usual(mine, slow).hours > 1.3 * usual(mine, []).hours
    assert usual(replace(mine, expected_fg=1.016), slow).final == pytest.approx(16.0)


def test_quantiles_of_a_low_hazard_go_on_beyond_the_horizon():
    q = lasting(np.full(100, 0.005))
    assert (np.diff(q) > 0).all() and q[-1] > 600.0 and np.isfinite(q).all()


TIMED = """
import time
import numpy as np
from dataclasses import replace
from cellarhand.curve import Curve
from cellarhand.forecasting import RUNGS

def batch(k, until=240.0):
    hours = np.arange(0, until, 12.0)
    rng = np.random.default_rng(k)
    slow = np.exp(rng.normal(0, 0.3))
    sg = 1.011 + 0.039 / (1 + np.exp((hours / slow - 38.0) / 9.0)) + rng.normal(0, 0.0003, len(hours))
    return replace(Curve.from_readings(hours, sg), ended=True)

found = [batch(k) for k in range(150)]
now = batch(999, 60.0)
for rung in ("hazard", "crosses"):
    began = time.process_time()
    model = RUNGS[rung]().fit(found)
    fitted = time.process_time() - began
    took = []
    for _ in range(11):
        began = time.process_time()
        model.predict([now])
        took.append(time.process_time() - began)
    print(rung, round(fitted, 3), round(1000 * sorted(took)[5], 2))
"""


def test_150_past_batches_are_fitted_in_5_s_and_a_forecast_takes_10_ms():
    """In a process with one thread of linear algebra, as the worker has it."""
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run([sys.executable, "-c", TIMED], capture_output=True, text=True, env=one, check=True).stdout
    for line in told.splitlines():
        _, seconds, milliseconds = line.split()
        assert float(seconds) <= 5.0 and float(milliseconds) <= 10.0, told


def test_learned_rungs_need_neither_scipy_nor_scikit_learn():
    code = "import sys; import cellarhand.forecasting; print([m for m in ('scipy', 'sklearn') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_a_rung_off_the_ladder_is_refused_by_name():
    with pytest.raises(Refused, match="hazard, crosses"):
        cellarhand.forecast([0.0], [1.05], rung="neural net")


def told(rows):
    return [{"done": False, "kind": "manual", **dict(zip(("id", "who", "crps"), row, strict=True))} for row in rows]


def test_the_gate_on_a_back_test_weighs_batches_alike():
    from cellarhand.forecasting.promotion import advised, judged

    rng = np.random.default_rng(0)
    hard = rng.uniform(10, 40, 20)
    pairs = [
        (f"b{k}", who, h * factor) for k, h in enumerate(hard) for who, factor in (("typical", 1), ("hazard", 0.8))
    ]
    rows = told([*pairs, *[("b0", "hazard", 0.8 * hard[0])] * 50])
    verdict = judged(rows, "typical", "hazard")
    assert verdict.promoted and verdict.gain.n == 20 and verdict.gain.value == pytest.approx(0.2)
    assert not judged(rows, "hazard", "typical").promoted
    assert advised(rows, ["typical", "hazard"]).rung == "hazard"
