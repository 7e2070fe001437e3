"""Judging a classifier, against scikit-learn, brute force and simulation; undefined is None and never 0."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from sklearn import metrics as oracle

from cellarhand.ladder import logistic
from cellarhand.ladder.judging import (
    Costs,
    auc,
    auc_between,
    bias,
    cost_panel,
    curves,
    learning_curve,
    probes,
    scorecard,
    verdict_of,
)


def random_case(k):
    """Scores with ties, sometimes at 0 or 1, sometimes one class alone, sometimes a threshold that nobody reaches."""
    rng = np.random.default_rng(k)
    n = int(rng.integers(2, 60))
    p = rng.choice([0.0, 0.1, 0.25, 0.5, 0.5, 0.75, 1.0], n) if k % 2 else rng.random(n)
    y = rng.random(n) < rng.choice([0.0, 0.05, 0.5, 0.95, 1.0])
    return p, y, float(rng.choice([0.0, 0.25, 0.5, 0.9, 1.1]))


def same(ours, theirs):
    return (ours is None and math.isnan(theirs)) or (ours is not None and abs(ours - theirs) <= 1e-12)


@pytest.mark.parametrize("k", range(200))
def test_every_figure_is_scikit_learns_with_ties_and_empty_classes(k):
    p, y, t = random_case(k)
    card, yes, nan = scorecard(p, y, t), p >= t, float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.array_equal(np.array(card.matrix), oracle.confusion_matrix(y, yes, labels=[False, True]))
        assert same(card.accuracy, oracle.accuracy_score(y, yes))
        assert same(card.precision, oracle.precision_score(y, yes, zero_division=nan))
        assert same(card.recall, oracle.recall_score(y, yes, zero_division=nan))
        assert same(card.f1, oracle.f1_score(y, yes, zero_division=nan))
        assert same(card.log_loss, oracle.log_loss(y, p, labels=[False, True]))
        assert same(card.brier, float(np.mean((p - y) ** 2)))
        both = 0 < y.sum() < len(y)
        assert same(card.auc, oracle.roc_auc_score(y, p) if both else nan)
        assert same(card.balanced_accuracy, oracle.balanced_accuracy_score(y, yes) if both else nan)
        assert same(card.mcc, oracle.matthews_corrcoef(y, yes) if both and 0 < yes.sum() < len(y) else nan)
        assert same(card.average_precision, oracle.average_precision_score(y, p) if y.any() else nan)
        if both:
            fpr, tpr, _ = oracle.roc_curve(y, p, drop_intermediate=False)
            precision, recall, _ = oracle.precision_recall_curve(y, p)
            found = curves(p, y)
            assert np.allclose(found.false_positive_rate, fpr[1:], atol=1e-12)
            assert np.allclose(found.recall, tpr[1:], atol=1e-12)
            assert np.allclose(found.precision[::-1], precision[:-1], atol=1e-12)
            assert np.allclose(found.recall[::-1], recall[:-1], atol=1e-12)
            assert same(card.brier, oracle.brier_score_loss(y, p))


@settings(max_examples=60)
@given(st.integers(1, 400), st.floats(0.5, 0.99), st.data())
def test_the_chance_of_so_many_right_is_the_exact_binomials(n, rate, data):
    from cellarhand.ladder.judging.scorecard import _at_least

    right = data.draw(st.integers(0, n))
    assert _at_least(right, n, rate) == pytest.approx(binom.sf(right - 1, n, rate), rel=1e-8, abs=1e-12)


def test_always_no_on_one_percent_is_the_accuracy_paradox():
    card = scorecard(np.full(1000, 0.01), np.arange(1000) < 10)
    assert card.accuracy == 0.99 and card.balanced_accuracy == 0.5 and card.recall == 0 and card.auc == 0.5
    assert card.precision is None and card.mcc is None
    assert card.paradox and "accuracy paradox" in card.sentence()


def test_always_yes_recalls_all_with_the_prevalence_as_precision():
    card = scorecard(np.ones(1000), np.arange(1000) < 10)
    assert (card.recall, card.precision) == (1.0, 0.01)


def test_a_model_that_beats_the_commoner_class_says_by_what_chance():
    rng = np.random.default_rng(0)
    y = rng.random(400) < 0.5
    card = scorecard(np.where(rng.random(400) < 0.8, y, ~y) * 0.8 + 0.1, y)
    assert card.beats_no_information < 1e-9 and not card.paradox and "more than" in card.sentence()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80))
def test_recall_never_rises_with_the_threshold(cases):
    p, y = np.array([c[0] for c in cases]), np.array([c[1] for c in cases])
    found = [scorecard(p, y, t).recall for t in np.linspace(0, 1, 21)]
    assert all(a is None or a >= b for a, b in zip(found, found[1:], strict=False))


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60))
def test_auc_has_no_threshold_and_no_monotone_map_moves_it(cases):
    s, y = np.array([c[0] for c in cases], float), np.array([c[1] for c in cases])
    assert auc(s, y) == auc(np.exp(s / 5.0), y)


# Two models


def test_the_paired_interval_of_two_aucs_is_delongs_by_brute_force():
    rng = np.random.default_rng(1)
    y = np.arange(60) < 25
    a, b = (y + rng.normal(size=60)).round(1), (y + 0.5 * rng.normal(size=60)).round(1)

    def kernel(s):
        return (s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y])

    gap = kernel(b) - kernel(a)
    error = math.sqrt(gap.mean(1).var(ddof=1) / 25 + gap.mean(0).var(ddof=1) / 35)
    found = auc_between(a, b, y)
    assert found.difference == pytest.approx(gap.mean(), abs=1e-12)
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, abs=1e-12)
    assert found.first == pytest.approx(oracle.roc_auc_score(y, a)) and "AUC" in found.reason


def test_equal_models_differ_beyond_the_interval_in_about_one_of_twenty():
    outside = 0
    for k in range(300):
        rng = np.random.default_rng(k)
        y = np.arange(150) < 60
        common = y + rng.normal(size=150)
        found = auc_between(common + rng.normal(size=150), common + rng.normal(size=150), y)
        outside += not found.low <= 0 <= found.high
    assert 4 <= outside <= 29


def test_crossing_curves_are_told():
    rng = np.random.default_rng(2)
    y = np.arange(2000) < 1000
    wide, narrow = np.where(y, rng.normal(1, 3, 2000), rng.normal(0, 1, 2000)), y * 1.0 + rng.normal(size=2000)
    assert auc_between(narrow, wide, y).crossing
    assert not auc_between(narrow, 5.0 * narrow, y).crossing


# Costs


def test_costs_of_ten_to_one_put_the_threshold_at_one_in_eleven_and_the_least_cost_seen_near_it():
    rng = np.random.default_rng(3)
    p = rng.beta(0.5, 5, 20_000)
    panel = cost_panel(p, rng.random(20_000) < p, Costs(false_positive=1, false_negative=10))
    by = {r.name: r for r in panel.rules}
    assert panel.in_force == 1 / 11 and panel.tuned
    assert by["least cost seen"].threshold == pytest.approx(1 / 11, abs=0.03)
    assert by["costs"].cost <= by["always 0.5"].cost and by["Youden"].threshold != by["F1"].threshold


def test_under_fifty_held_out_events_no_threshold_is_tuned():
    rng = np.random.default_rng(4)
    y = np.arange(500) < 49
    panel = cost_panel(rng.random(500), y, Costs(1, 1))
    assert not panel.tuned and panel.in_force == 0.5 and "49 held-out events" in panel.reason
    assert {r.name for r in panel.rules if r.threshold is None} == {"Youden", "F1", "accuracy", "least cost seen"}
    assert cost_panel(rng.random(500), ~y, Costs(1, 1)).tuned is False
    assert cost_panel([], [], Costs(1, 1)).tuned is False


def test_a_mistake_that_costs_nothing_is_refused():
    with pytest.raises(ValueError, match="both mistakes cost something"):
        Costs(0, 1)


# Bias and its causes


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=10, max_size=200))
def test_buckets_sum_to_the_whole_bias_and_hold_about_as_many_each(cases):
    p, y = np.array([c[0] for c in cases]), np.array([c[1] for c in cases])
    found = bias(p, y)
    assert sum(b.count * (b.said - b.happened) for b in found.buckets) / len(p) == pytest.approx(found.value, abs=1e-9)
    counts = [b.count for b in found.buckets]
    assert max(counts) - min(counts) <= 1 and all(b.low - 1e-12 <= b.happened <= b.high + 1e-12 for b in found.buckets)


def test_bias_alarms_on_an_injected_shift_and_in_about_one_of_twenty_null_runs():
    alarms = {0.0: 0, 0.1: 0}
    for k in range(300):
        rng = np.random.default_rng(k)
        p = rng.beta(2, 2, 300)
        y = rng.random(300) < p
        for shift in alarms:
            alarms[shift] += bias(np.clip(p + shift, 0, 1), y).alarm
    assert alarms[0.0] <= 30 and alarms[0.1] >= 270


def test_cases_of_one_batch_count_as_one_draw():
    rng = np.random.default_rng(5)
    wrong = {True: 0, False: 0}
    for _ in range(200):
        y = np.repeat(rng.random(30) < 0.5, 20)
        for grouped in wrong:
            wrong[grouped] += bias(np.full(600, 0.5), y, np.repeat(np.arange(30), 20) if grouped else None).alarm
    assert wrong[True] <= 22 and wrong[False] > 100


def world(rng, n=1500):
    x = {name: rng.normal(size=n) for name in "abc"}
    return x, x["a"] - x["b"]


def causes(found):
    return {p.cause for p in found if p.found}


def judged(rng, kind):
    """Probes of a logistic model learnt on one half and judged on the other, with one thing wrong."""
    x, z = world(rng)
    if kind == "curvature":
        z = z + 0.8 * x["a"] ** 2 - 0.8
    if kind == "missing feature":
        z = z + 1.2 * x["c"]
    y = rng.random(1500) < 1 / (1 + np.exp(-z))
    learn, judge = np.arange(1500) < 750, np.arange(1500) >= 750
    if kind == "noise":
        z4 = 4 * z
        y = (rng.random(1500) < 1 / (1 + np.exp(-z4))) ^ (judge & (rng.random(1500) < 0.1))
    if kind == "biased sample":
        learn = learn & (y | (rng.random(1500) < 0.4))
    used = {k: x[k].copy() for k in "ab"}
    m = np.column_stack(list(used.values()))
    fit = logistic(m[learn], y[learn].astype(float), l2=0.5 if kind == "too much regularisation" else 1e-4)
    if kind == "pipeline skew":
        used["a"] = np.where(judge, used["a"] * 1.8 + 0.5, used["a"])
    said = 1 / (1 + np.exp(-fit.score(np.column_stack(list(used.values()))[judge])))
    return causes(
        probes(
            said, y[judge], {k: v[judge] for k, v in used.items()}, unused={"c": x["c"][judge]},
            learnt={k: v[learn] for k, v in used.items()}, learnt_y=y[learn],
        )
    )  # fmt: skip


KINDS = ("curvature", "missing feature", "noise", "biased sample", "too much regularisation", "pipeline skew")


@pytest.mark.parametrize("kind", KINDS)
def test_each_probe_finds_its_cause(kind):
    found = [kind in judged(np.random.default_rng(k), kind) for k in range(20)]
    assert sum(found) >= 18


def test_probes_cry_wolf_on_about_one_sound_table_in_twenty():
    assert sum(bool(judged(np.random.default_rng(1000 + k), "nothing")) for k in range(100)) <= 14


def test_a_mean_has_no_bias_and_is_still_no_model():
    rng = np.random.default_rng(6)
    y = rng.random(500) < 0.3
    card, found = scorecard(np.full(500, y.mean()), y), bias(np.full(500, y.mean()), y)
    assert found.value == pytest.approx(0) and not found.alarm and card.auc == 0.5
    assert bias([], []) is None


# Learning curves


def fitted(x, y, l2):
    def fit(learn, judge):
        f = logistic(x[learn], y[learn], l2=l2)

        def loss(rows):
            return np.logaddexp(0, f.score(x[rows])) - y[rows] * f.score(x[rows])

        return float(loss(learn).mean()), loss(judge)

    return fit


def test_many_columns_on_few_rows_are_variance_and_a_line_through_a_curve_is_bias():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(120, 40))
    y = (rng.random(120) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    assert learning_curve(fitted(x, y, 1e-3), list(range(120))).verdict == "variance"
    u = rng.normal(size=(600, 1))
    bent = (np.abs(u[:, 0]) > 0.7).astype(float)
    found = learning_curve(fitted(u, bent, 1e-2), list(range(600)), floor=0.1)
    assert found.verdict == "bias" and [p.groups for p in found.points] == [48, 96, 192, 336, 480]
    assert verdict_of(found.points)[0] == "neither"
