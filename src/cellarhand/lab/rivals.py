"""What scikit-learn does well: boosted trees as a rival, and a multilayer perceptron as the neural rung."""

import warnings
from typing import Any

import numpy as np

from cellarhand.lab.dice import Floats
from cellarhand.lab.problem import Problem
from cellarhand.lab.rungs import Rung, Told, row_losses
from cellarhand.ladder import Design, group_holdout

HIDDEN = (8, 8)
ALPHAS = (0.01, 1.0, 10.0)
SEEDS = 3


def trees(p: Problem, seed: int) -> Told:
    """Histogram gradient boosting, early stopping off, leaves of at least 10 rows; missing values as they are."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    kind: Any = HistGradientBoostingClassifier if p.yes else HistGradientBoostingRegressor
    model = kind(random_state=seed, early_stopping=False, min_samples_leaf=10, max_leaf_nodes=15, learning_rate=0.08)
    with threadpool_limits(1):  # its threads wait for one another on a busy machine
        model.fit(_raw(p), p.y)
    nodes = sum(len(t.nodes) for trees in model._predictors for t in trees)
    return Told(lambda q: _said(model, _raw(q), q.yes), nodes)


def _raw(p: Problem) -> Floats:
    return np.column_stack(list(p.columns.values()))


def _said(model: Any, x: Floats, yes: bool) -> Floats:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return np.asarray(model.predict_proba(x)[:, 1] if yes else model.predict(x))


def neural(p: Problem, seed: int) -> Told:
    """Two hidden layers of eight tanh by L-BFGS; its L2 by a quarter of the groups held out within these rows."""
    design = Design.of(p.columns, bounded=True)
    alpha = _best_alpha(p, seed)
    model, scale = _net(p, design, alpha, seed)
    return Told(
        lambda q: _net_said(model, scale, design.matrix(q.columns), q.yes),
        sum(w.size for w in (*model.coefs_, *model.intercepts_)),
        hidden=HIDDEN,
        note=f"alpha {alpha:g}",
    )


def _best_alpha(p: Problem, seed: int) -> float:
    split = group_holdout(p.groups, 0.25, seed)
    part, held = p.pick(split.learn), p.pick(split.judge)
    if p.yes and len(np.unique(part.y)) < 2:
        return ALPHAS[-1]
    design = Design.of(part.columns, bounded=True)
    losses = []
    for alpha in ALPHAS:
        model, scale = _net(part, design, alpha, seed)
        losses.append(float(row_losses(held, _net_said(model, scale, design.matrix(held.columns), p.yes)).mean()))
    return ALPHAS[int(np.argmin(losses))]


def _net(p: Problem, design: Design, alpha: float, seed: int) -> tuple[Any, tuple[float, float]]:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    centre, spread = (0.0, 1.0) if p.yes else (float(p.y.mean()), float(p.y.std()) or 1.0)
    kind: Any = MLPClassifier if p.yes else MLPRegressor
    model = kind(
        hidden_layer_sizes=HIDDEN, activation="tanh", solver="lbfgs", alpha=alpha, max_iter=500, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the iterations are a budget; what is not done in them is judged as it is
        model.fit(design.matrix(p.columns), (p.y - centre) / spread if not p.yes else p.y)
    return model, (centre, spread)


def _net_said(model: Any, scale: tuple[float, float], x: Floats, yes: bool) -> Floats:
    return _said(model, x, True) if yes else np.asarray(scale[0] + scale[1] * _said(model, x, False))


def rival_rungs() -> list[Rung]:
    """Trees beside the ladder, the net on top of it."""
    return [Rung("boosted trees", 2, trees, on_ladder=False), Rung("neural net", 1, neural, seeds=SEEDS)]
