"""Scores against scikit-learn, scipy and hand-made tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import brier_score_loss, mean_pinball_loss, roc_curve

from cellarhand import metrics


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30), st.floats(0.05, 0.95))
def test_pinball_equals_scikit_learn(quantiles, level):
    ours = metrics.pinball(quantiles, level, 3.0).mean()
    assert ours == pytest.approx(mean_pinball_loss(np.full(len(quantiles), 3.0), quantiles, alpha=level), abs=1e-12)


def test_crps_of_a_normal_is_near_its_closed_form():
    mean, sd, truth = 40.0, 12.0, 50.0
    z = (truth - mean) / sd
    exact = sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert metrics.crps(norm.ppf(metrics.LEVELS, mean, sd), truth) == pytest.approx(exact, rel=0.06)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), min_size=4, max_size=60))
def test_counts_at_thresholds_give_scikit_learns_roc_with_ties(cases):
    score, truth = [c[0] for c in cases], [c[1] for c in cases]
    if len(set(truth)) < 2:
        return
    counts = metrics.counts_at_thresholds(score, truth)
    fpr, tpr, _ = roc_curve(truth, score, drop_intermediate=False)
    assert np.allclose(counts.true_positive / counts.positives, tpr[1:], atol=1e-12)
    assert np.allclose(counts.false_positive / counts.negatives, fpr[1:], atol=1e-12)


def test_a_perfect_forecaster_has_four_fifths_inside_whatever_the_reading_interval():
    rng = np.random.default_rng(0)
    for width in (0.01, 0.2, 0.5):
        shares = []
        for u in rng.random(20_000):
            k = np.floor(u / width)
            shares.append(metrics.share_inside(k * width, min((k + 1) * width, 1.0)))
        assert np.mean(shares) == pytest.approx(0.8, abs=0.015)


def test_calibration_keeps_its_counts_and_bands():
    found = metrics.calibration(np.linspace(0, 1, 100), np.linspace(0, 1, 100) > 0.5, buckets=4)
    assert [b.count for b in found] == [25, 25, 25, 25]
    assert found[0].low == 0.0 or found[0].low < found[0].happened <= found[0].high


def test_prediction_bias_is_signed():
    assert metrics.prediction_bias([0.8, 0.6], [True, False]) == pytest.approx(0.2)
    assert brier_score_loss([True, False], [0.8, 0.6]) > 0  # the oracle is there


def test_bootstrap_bands_hold_the_value_and_tell_how_many_batches():
    band = metrics.batch_bootstrap([(1.0, 2.0), (3.0, 2.0), (1.5, 2.0), (0.5, 2.0)])
    assert band.low <= band.value <= band.high and band.n == 4
    assert metrics.batch_bootstrap([]).n == 0


def test_winkler_punishes_only_what_is_missed():
    assert metrics.winkler(10, 30, (20, 25)) == 20
    assert metrics.winkler(10, 30, (35, 40)) == 20 + 10 * 5
