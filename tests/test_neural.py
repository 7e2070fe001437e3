"""The neural rung: what it reads, what it says, and that what speaks is what was taught."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellarhand.curve import Curve
from cellarhand.forecasting.neural import Neural, heads, inputs, net, packs
from cellarhand.forecasting.neural.lessons import lessons
from cellarhand.forecasting.neural.memory import Memory
from cellarhand.forecasting.neural.rung import believable
from cellarhand.forecasting.past import pasts
from cellarhand.forecasting.pooling import mixed, pooled


def beer(hours, og=1.050, fg=1.011, half=38.0, width=9.0):
    return fg + (og - fg) / (1 + np.exp((np.asarray(hours) - half) / width))


def curve(until=60.0, **words):
    hours = np.arange(0, until, 0.5)
    return Curve.from_readings(hours, beer(hours), np.full(len(hours), 20.0), now=until, **words)


# ---- the weights -------------------------------------------------------------------------------------------------


def test_numpy_speaks_what_jax_taught_to_a_ten_thousandth():
    seen, taught = net.shipped().proof
    assert np.abs(net.shipped().logits(seen) - taught).max() < 1e-4


def test_a_changed_weight_would_be_seen():
    shipped = net.shipped()
    first, *others = shipped.nets
    weight, bias = first[1]
    spoilt = replace(shipped, nets=[[first[0], (weight * 1.01, bias), *first[2:]], *others])
    assert np.abs(spoilt.logits(shipped.proof[0]) - shipped.proof[1]).max() > 1e-2


def test_shipped_weights_are_small_and_tell_their_story():
    raw = net.saved(net.shipped())
    story = net.loaded(raw).story
    assert len(raw) <= 8e6 and story["course"]["seed"] == 1 and story["held out"]["lessons"] > 10_000
    assert story["prior"] == packs.prior_version(), "the prior has changed since: train the net again"


def test_weights_for_other_inputs_are_refused():
    shipped = net.shipped()
    other = net.saved(replace(shipped, story={**shipped.story, "inputs": ["something else"]}))
    with pytest.raises(net.WrongWeights, match="other inputs"):
        net.loaded(other)


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw[:1000], lambda raw: b"", lambda raw: raw[:9000] + b"x" * 900 + raw[9900:]]
)
def test_damaged_weights_are_one_sentence_and_no_crash(spoil):
    with pytest.raises(net.WrongWeights, match="neural rung's weights"):
        net.loaded(spoil(net.saved(net.shipped())))


def test_speaking_needs_no_trainer():
    assert Neural().predict([curve()])[0].rung == "neural"
    assert "jax" not in sys.modules


# ---- what it says ------------------------------------------------------------------------------------------------

BINS = st.lists(st.floats(0.001, 1.0), min_size=heads.N_LEFT, max_size=heads.N_LEFT).map(
    lambda v: np.array([v]) / np.sum(v)
)


@given(BINS, st.floats(0.0, 1400.0), st.floats(0.5, 300.0))
def test_the_chance_of_an_interval_is_the_difference_of_the_distribution(p, low, wide):
    edges = np.concatenate([[p[0, 0]], p[0, 0] + np.cumsum(p[0, 1:-1])])
    by, before = np.interp([low + wide, low], heads.LEFT, edges)
    if low + wide <= heads.LEFT[-1]:
        said = heads.left_likelihood(p, np.array([low]), np.array([low + wide]))[0]
        assert said == pytest.approx(by - (before if low > 0 else 0.0), abs=1e-6)


@given(BINS)
def test_all_that_can_happen_sums_to_one(p):
    low, high = np.array([0.0, heads.LEFT[-1]]), np.array([heads.LEFT[-1], np.inf])
    said = heads.left_likelihood(np.repeat(p, 2, axis=0), low, high)
    assert said.sum() == pytest.approx(1.0, abs=1e-6)
    assert (np.diff(heads.left_quantiles(p)[0]) >= 0).all()


def test_an_end_that_was_passed_is_the_chance_of_already():
    p = np.full((1, heads.N_LEFT), 1.0 / heads.N_LEFT)
    assert heads.left_likelihood(p, np.zeros(1), np.zeros(1))[0] == pytest.approx(p[0, 0])


def test_silence_never_makes_it_sure_and_takes_it_back():
    hours = np.arange(0, 160, 0.5)
    said = [Neural().predict([Curve.from_readings(hours, beer(hours), now=now)])[0].p_done for now in (160, 400, 800)]
    assert said[0] > 0.8 and said == sorted(said, reverse=True) and said[-1] < 0.02


def test_a_beer_in_lag_or_stuck_high_may_not_be_called_done():
    hours = np.arange(0, 200, 0.5)
    assert believable(Curve.from_readings(hours, np.full(len(hours), 1.050))) == 0.0
    assert believable(Curve.from_readings(hours, np.maximum(beer(hours), 1.035))) == 0.0
    assert believable(curve(160.0)) == 1.0


def test_gravity_ahead_falls_from_the_level_to_the_final_gravity():
    (said,) = Neural().predict([curve(40.0)])
    ahead = said.gravity_at([0.0, 6.0, 24.0, 96.0, 800.0]).quantile(0.5)
    assert (np.diff(ahead) <= 1e-12).all()
    assert ahead[0] == pytest.approx(curve(40.0).level, abs=5e-4)
    assert ahead[-1] >= float(said.final_gravity.quantile(0.5)) - 1e-9


# ---- what it reads -----------------------------------------------------------------------------------------------


def test_inputs_have_names_and_stay_of_the_order_of_one():
    for c in (Curve.from_readings([], [], now=3.0), Curve.from_readings([0.0], [1.05]), curve(), curve(160.0)):
        found = inputs.inputs(c, Memory([]))
        assert found.shape == (len(inputs.NAMES),) and np.isfinite(found).all() and np.abs(found).max() < 8


def test_a_past_that_took_long_moves_the_forecast_later():
    hours = np.arange(0, 500, 12.0)
    slow = [Curve.from_readings(hours, beer(hours / 3), brand="Slow") for _ in range(12)]
    now = Curve.from_readings([0.0, 24.0], [1.050, 1.049], brand="Slow")
    without, with_past = (Neural().fit(past).predict([now])[0].hours_left.quantile(0.5) for past in ([], slow))
    assert float(with_past) > 1.2 * float(without)


def test_the_order_of_the_past_makes_no_difference():
    hours = np.arange(0, 300, 12.0)
    some = [Curve.from_readings(hours, beer(hours / s), brand=str(k % 2)) for k, s in enumerate((1, 1.5, 2, 2.5))]
    a, b = (Memory(pasts(each)).about(curve(brand="1")) for each in (some, some[::-1]))
    assert np.allclose(a, b, atol=1e-12)


# ---- lessons and pools -------------------------------------------------------------------------------------------


def test_a_lot_of_lessons_is_made_once_and_is_the_same_again(tmp_path, monkeypatch):
    monkeypatch.setattr("cellarhand.forecasting.neural.lessons.SIZES", ((2, 2, 3),))
    count = packs.make(tmp_path, 5, 0)
    kept, again = packs.read(tmp_path, 5, [0]), lessons((5, 0))
    assert count == len(kept.low) and np.array_equal(kept.x, again.x) and np.array_equal(kept.fall, again.fall)
    assert (kept.high >= kept.low).all() and np.isfinite(kept.x).all() and kept.x.shape[1] == len(inputs.NAMES)
    stamp = next(tmp_path.glob("*.npz")).stat().st_mtime_ns
    packs.make(tmp_path, 5, 0)
    assert next(tmp_path.glob("*.npz")).stat().st_mtime_ns == stamp


def test_training_without_its_extra_says_what_is_missing(tmp_path, monkeypatch):
    from cellarhand.forecasting.neural.training import Course, NoTrainer, train

    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(NoTrainer, match="extra `train`"):
        train(Course(), tmp_path)


def test_a_pool_lies_between_its_members_and_done_has_its_own_weights():
    a, b = Neural().predict([curve(30.0)])[0], Neural().predict([curve(160.0)])[0]
    both = pooled(curve(30.0), "blend", [a, b], np.array([0.5, 0.5]), np.array([0.0, 1.0]))
    assert both.p_done == pytest.approx(b.p_done)
    medians = sorted(float(f.final_gravity.quantile(0.5)) for f in (a, b))
    assert medians[0] <= float(both.final_gravity.quantile(0.5)) <= medians[1]
    grid = mixed([np.zeros(99), np.ones(99)], np.array([0.25, 0.75]))
    assert grid[20] < 0.5 < grid[30]
