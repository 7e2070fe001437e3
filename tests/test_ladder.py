"""The ladder's solvers against scikit-learn and SciPy, its splits, gate and advisor against what they promise."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellarhand.ladder import (
    LOGISTIC,
    SQUARED,
    Buckets,
    Chunk,
    Design,
    Judged,
    advise,
    crossed,
    descend,
    elastic_net,
    group_folds,
    group_holdout,
    largest_l1,
    least_squares,
    logistic,
    path,
    promotion,
    time_folds,
)


def table(n=400, p=6, seed=0, loss=LOGISTIC):
    """Rows with correlated columns, half of which say nothing; weights of 0.2 … 2."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p)) @ (np.eye(p) + 0.3 * rng.normal(size=(p, p)))
    x = (x - x.mean(0)) / x.std(0)
    z = 0.4 + x @ np.where(np.arange(p) % 2 == 0, 1.0, 0.0)
    y = z + rng.normal(size=n) if loss is SQUARED else (rng.random(n) < 1 / (1 + np.exp(-z))).astype(float)
    return x, y, rng.uniform(0.2, 2.0, n)


# Exact solvers


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_least_squares_is_that_of_the_oracle(l2):
    from sklearn.linear_model import LinearRegression, Ridge

    x, y, w = table(loss=SQUARED)
    oracle = Ridge(alpha=l2 * w.sum(), tol=1e-12) if l2 else LinearRegression()
    oracle.fit(x, y, sample_weight=w)
    fit = least_squares(x, y, w, l2=l2)
    assert fit.weights == pytest.approx(oracle.coef_, abs=1e-8)
    assert fit.intercept == pytest.approx(oracle.intercept_, abs=1e-8)
    assert fit.certificate.converged and fit.certificate.violation < 1e-10


def test_least_squares_of_dependent_columns_is_the_shortest_solution():
    x, y, _ = table(loss=SQUARED)
    twice = np.column_stack([x, x[:, 0]])
    fit = least_squares(twice, y)
    assert fit.weights[0] == pytest.approx(fit.weights[-1]) and fit.certificate.converged


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_logistic_is_that_of_the_oracle(l2):
    from sklearn.linear_model import LogisticRegression

    x, y, w = table()
    oracle = LogisticRegression(C=1 / (l2 * w.sum()) if l2 else np.inf, tol=1e-12, solver="newton-cholesky")
    oracle.fit(x, y, sample_weight=w)
    fit = logistic(x, y, w, l2=l2)
    assert fit.weights == pytest.approx(oracle.coef_[0], abs=1e-6)
    assert fit.intercept == pytest.approx(oracle.intercept_[0], abs=1e-6)
    assert fit.certificate.converged and fit.certificate.violation < 1e-9


def test_logistic_of_shares_is_that_of_the_trials_behind_them():
    x, y, _ = table(60)
    trials = np.tile([1.0, 3.0], 30)
    events = np.where(y > 0, trials * 0.5 + 0.5, 0.0)
    single = logistic(x, events / trials, trials, l2=0.1)
    whole = logistic(
        np.vstack([x, x]), np.repeat([1.0, 0.0], 60), np.concatenate([events, trials - events]) + 1e-300, l2=0.1
    )
    assert single.weights == pytest.approx(whole.weights, abs=1e-8)


def test_logistic_agrees_with_a_general_minimiser():
    from scipy.optimize import minimize

    x, y, w = table(200, 4, seed=3)
    share = w / w.sum()

    def cost(beta):
        z = beta[0] + x @ beta[1:]
        return share @ (np.logaddexp(0, z) - y * z) + 0.5 * 0.02 * beta[1:] @ beta[1:]

    found = minimize(cost, np.zeros(5), method="BFGS", options={"gtol": 1e-9})
    fit = logistic(x, y, w, l2=0.02)
    assert [fit.intercept, *fit.weights] == pytest.approx(found.x, abs=1e-6)


def test_unpenalised_logistic_has_no_prediction_bias():
    x, y, _ = table()
    fit = logistic(x, y)
    assert np.mean(LOGISTIC.mean(fit.score(x)) - y) == pytest.approx(0.0, abs=1e-8)


def test_classes_that_a_plane_can_part_get_no_certificate():
    x = np.linspace(-1, 1, 40)[:, None]
    fit = logistic(x, (x[:, 0] > 0).astype(float))
    assert not fit.certificate.converged or fit.weights[0] > 20
    assert logistic(x, (x[:, 0] > 0).astype(float), l2=0.01).certificate.converged


# Gradient descent out of core


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
@pytest.mark.parametrize("rule", ["lipschitz", "adagrad"])
def test_gradient_descent_by_chunks_comes_to_the_exact_answer(loss, rule):
    x, y, w = table(2000, 5, seed=1, loss=loss)
    chunks = [Chunk(x[k : k + 300], y[k : k + 300], w[k : k + 300]) for k in range(0, 2000, 300)]
    exact = least_squares(x, y, w, l2=0.01) if loss is SQUARED else logistic(x, y, w, l2=0.01)
    fit = descend(lambda: iter(chunks), loss, l2=0.01, passes=200, rule=rule, seed=2)
    assert fit.weights == pytest.approx(exact.weights, abs=1e-3)
    assert fit.intercept == pytest.approx(exact.intercept, abs=1e-3)
    assert fit.certificate.converged


def test_gradient_descent_is_the_same_for_the_same_seed():
    x, y, _ = table(300)
    fits = [descend(lambda: [Chunk(x, y)], LOGISTIC, passes=5, seed=s) for s in (1, 1, 2)]
    assert np.array_equal(fits[0].weights, fits[1].weights) and not np.array_equal(fits[0].weights, fits[2].weights)


def test_a_certificate_tells_when_there_were_too_few_passes():
    x, y, _ = table(300)
    assert not descend(lambda: [Chunk(x, y)], LOGISTIC, passes=1, step=1e-3).certificate.converged


# Sparse


@pytest.mark.parametrize("l1", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("mix", [1.0, 0.7])
def test_elastic_net_drops_what_the_oracle_drops(l1, mix):
    from sklearn.linear_model import ElasticNet

    x, y, _ = table(300, 12, seed=4, loss=SQUARED)
    oracle = ElasticNet(alpha=l1, l1_ratio=mix, tol=1e-12, max_iter=100_000).fit(x, y)
    fit = elastic_net(x, y, l1=l1 * mix, l2=l1 * (1 - mix), loss=SQUARED)
    assert fit.weights == pytest.approx(oracle.coef_, abs=1e-6)
    assert ((fit.weights == 0) == (oracle.coef_ == 0)).all()
    assert fit.certificate.converged and fit.certificate.violation < 1e-8


@pytest.mark.parametrize("l1", [0.005, 0.03, 0.1])
def test_sparse_logistic_drops_what_the_oracle_drops(l1):
    from sklearn.linear_model import LogisticRegression

    x, y, w = table(300, 12, seed=5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the oracle announces that it will rename a word
        oracle = LogisticRegression(
            penalty="l1", C=1 / (l1 * w.sum()), solver="saga", tol=1e-10, max_iter=50_000, random_state=0
        ).fit(x, y, sample_weight=w)
    fit = elastic_net(x, y, w, l1=l1)
    assert fit.weights == pytest.approx(oracle.coef_[0], abs=1e-6)
    assert ((fit.weights == 0) == (oracle.coef_[0] == 0)).all()
    assert fit.certificate.converged


def test_a_path_starts_with_nothing_and_takes_in_more():
    x, y, w = table(300, 10, seed=6)
    top = largest_l1(x, y, w)
    fits = path(x, y, w, l1s=top * np.array([1.0, 0.5, 0.1, 0.01]))
    alive = [int((f.weights != 0).sum()) for f in fits]
    assert alive[0] == 0 and alive == sorted(alive) and alive[-1] >= 8
    assert all(f.certificate.converged for f in fits)


def test_without_penalty_sparse_and_exact_agree():
    x, y, w = table()
    assert elastic_net(x, y, w, l1=0.0).weights == pytest.approx(logistic(x, y, w).weights, abs=1e-6)


# Design and crosses


def test_a_design_is_standardised_and_marks_what_is_missing():
    rng = np.random.default_rng(0)
    values = rng.normal(5, 3, 100)
    holes = np.where(rng.random(100) < 0.2, np.nan, values)
    design = Design.of({"whole": values, "holes": holes, "same": np.ones(100)})
    assert design.names == ("whole", "holes", "holes unknown")
    m = design.matrix({"whole": values, "holes": holes, "same": np.ones(100)})
    assert np.isfinite(m).all() and m[:, 0].mean() == pytest.approx(0) and m[:, 0].std() == pytest.approx(1)
    assert (m[np.isnan(holes), 1] == 0).all()


def test_weights_read_in_the_columns_own_units_say_the_same():
    rng = np.random.default_rng(0)
    raw = rng.normal([20, 1000], [2, 300], (50, 2))
    columns = {"warmth": raw[:, 0], "litres": raw[:, 1]}
    design = Design.of(columns)
    intercept, weights = design.raw(0.5, np.array([1.0, -2.0]))
    assert intercept + raw @ weights == pytest.approx(0.5 + design.matrix(columns) @ [1.0, -2.0])


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60), st.integers(2, 6))
def test_every_value_is_in_exactly_one_bucket(values, count):
    v = np.array(values)
    buckets = Buckets.of("v", v, count)
    found = buckets.columns(v)
    assert sum(found.values()).tolist() == [1.0] * len(v) and len(buckets.labels) <= count
    assert not any(c.any() for c in buckets.columns(np.array([np.nan])).values())


def test_crosses_let_a_line_say_either_or():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-1, 1, (2, 400))
    truth = (x * y > 0).astype(float)
    columns = {"x": x, "y": y}
    found = crossed(Buckets("x", (0.0,)), Buckets("y", (0.0,)), columns)
    plain, more = (Design.of(c) for c in (columns, found))
    said = [logistic(d.matrix(c), truth, l2=1e-3).score(d.matrix(c)) > 0 for d, c in ((plain, columns), (more, found))]
    assert np.mean(said[0] == truth) < 0.65 and np.mean(said[1] == truth) == 1.0


# Splits

GROUPS = st.lists(st.integers(0, 12), min_size=2, max_size=60)


@given(GROUPS, st.integers(2, 8), st.integers(0, 99))
def test_folds_judge_each_row_once_and_part_no_group(groups, folds, seed):
    judged = []
    for split in group_folds(groups, folds, seed):
        assert not {groups[i] for i in split.learn} & {groups[i] for i in split.judge}
        assert sorted([*split.learn, *split.judge]) == list(range(len(groups)))
        judged += split.judge.tolist()
    assert sorted(judged) == list(range(len(groups)))


@given(GROUPS.filter(lambda g: len(set(g)) > 1), st.floats(0.01, 0.99), st.integers(0, 99))
def test_a_hold_out_parts_no_group_and_leaves_both_sides_something(groups, share, seed):
    split = group_holdout(groups, share, seed)
    assert len(split.learn) and len(split.judge)
    assert not {groups[i] for i in split.learn} & {groups[i] for i in split.judge}


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 100), st.floats(0, 20)), min_size=2, max_size=50))
def test_time_folds_never_learn_from_what_had_not_ended(rows):
    groups = [g for g, _, _ in rows]
    begins = np.array([b for _, b, _ in rows])
    ends = begins + np.array([d for _, _, d in rows])
    for split in time_folds(groups, begins, ends, 3):
        learnt, judged = ({groups[i] for i in part} for part in (split.learn, split.judge))
        assert learnt and not learnt & judged
        starts = min(b for g, b in zip(groups, begins, strict=True) if g in judged)
        assert max(e for g, e in zip(groups, ends, strict=True) if g in learnt) <= starts


# Gate and advisor


def test_permuted_labels_are_promoted_in_at_most_one_trial_of_twenty():
    """A rung with twelve columns against the mere rate, on labels that have nothing to do with the columns."""
    promoted = 0
    for trial in range(200):
        rng = np.random.default_rng(trial)
        x = rng.normal(size=(120, 12))
        y = rng.permutation((np.arange(120) % 3 == 0).astype(float))
        groups = np.repeat(np.arange(30), 4)
        split = group_holdout(groups.tolist(), 0.5, seed=trial)
        rate = y[split.learn].mean()
        fit = logistic(x[split.learn], y[split.learn], l2=0.1)
        z = fit.score(x[split.judge])
        loss = LOGISTIC.value(z, y[split.judge])
        base = LOGISTIC.value(np.full(len(z), np.log(rate / (1 - rate))), y[split.judge])
        by = {g: groups[split.judge] == g for g in set(groups[split.judge])}
        verdict = promotion(
            {g: base[m].mean() for g, m in by.items()}, {g: loss[m].mean() for g, m in by.items()}, draws=400
        )
        promoted += verdict.promoted
    assert promoted <= 10


def test_of_two_equals_the_gate_promotes_at_most_one_in_twenty():
    rng = np.random.default_rng(5)
    promoted = 0
    for trial in range(300):
        pairs = rng.lognormal(0.0, 0.8, (15, 1)) * rng.lognormal(0.0, 0.3, (15, 2))
        a, b = dict(enumerate(pairs[:, 0])), dict(enumerate(pairs[:, 1]))
        promoted += promotion(a, b, seed=trial, draws=400).promoted
    assert promoted <= 15


def test_the_gate_promotes_what_is_plainly_better_and_needs_enough_groups():
    rng = np.random.default_rng(0)
    simple = dict(enumerate(rng.uniform(1, 3, 20)))
    better = {k: 0.7 * v for k, v in simple.items()}
    assert promotion(simple, better).promoted and promotion(simple, better).gain.value == pytest.approx(0.3)
    assert not promotion(better, simple).promoted and promotion(better, simple).reason.startswith("Worse")
    assert "more than chance" in promotion(simple, simple).reason
    few = {k: simple[k] for k in range(11)}
    verdict = promotion(few, better)
    assert not verdict.promoted and "11 held-out groups" in verdict.reason
    with pytest.raises(ValueError, match="not negative"):
        promotion(simple, dict.fromkeys(simple, -1.0))


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_order_of_the_groups_does_not_move_the_gain(seed):
    rng = np.random.default_rng(seed)
    a, b = dict(enumerate(rng.uniform(1, 2, 14))), dict(enumerate(rng.uniform(1, 2, 14)))
    turned = dict(reversed(list(a.items())))
    assert promotion(a, b, draws=50).gain.value == pytest.approx(promotion(turned, b, draws=50).gain.value)


def test_the_advisor_takes_the_lowest_that_is_as_good_as_the_best():
    rng = np.random.default_rng(0)
    hard = rng.uniform(1, 5, 40)

    def rung(name, offset, noise=0.1):
        return Judged(name, dict(enumerate(hard + offset + noise * rng.normal(size=40))))

    flat, line, net = rung("flat", 1.0), rung("line", 0.0), rung("net", -0.001)
    assert advise([flat, line, net]).rung == "line"
    assert advise([flat, line, rung("net", -0.5)]).rung == "net"
    assert advise([line, flat]).rung == "line"
    assert "standard error" in advise([flat, line, net]).reason
    with pytest.raises(ValueError, match="no group in common"):
        advise([flat, Judged("other", {"z": 1.0})])
